import HTTPTypes
import Hummingbird
import Runtime

/// `/api/v1/principals/rebuild`: has the principals rebuilt beside those in use, compared and switched, for operators.
struct RebuildRoutes: Sendable {
    let rebuild: PrincipalRebuild
    let operators: OperatorAccess

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/api/v1/principals/rebuild") { request, _ in
            try operators.check(request)
            return try JSONAnswer.make(try await status())
        }
        router.post("/api/v1/principals/rebuild") { request, context in
            try operators.check(request)
            let wish = try await request.form(PrincipalRebuild.form, context: context)
            try await rebuild.begin(wish)
            return try JSONAnswer.make(try await status(), status: .accepted)
        }
        router.delete("/api/v1/principals/rebuild") { request, _ in
            try operators.check(request)
            try await rebuild.takeBack()
            return try JSONAnswer.make(try await status())
        }
    }

    private func status() async throws -> RebuildStatus {
        guard let status = try await rebuild.status() else {
            throw Problem.notFound("The principals were never asked to be rebuilt.")
        }
        return status
    }
}
