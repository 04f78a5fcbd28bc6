import HTTPTypes
import Hummingbird
import Logging
import Postgres
import Resealing
import Runtime

/// `/api/v1/sealing`: by which keys the signing keys rest sealed, and how they are sealed by another one, for operators.
struct SealingRoutes: Sendable {
    let database: Database
    let rotation: SealingRotation
    let operators: OperatorAccess
    let logger: Logger

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/api/v1/sealing") { request, _ in
            try operators.check(request)
            return try JSONAnswer.make(try await rotation.status())
        }
        router.post("/api/v1/sealing/rotation") { request, context in
            try operators.check(request)
            let keyID = try await request.form(SealingRotation.form, context: context)
            try await database.transaction { try rotation.begin(keyID, by: "operator", on: $0) }
            logger.notice("everything is to be sealed by another key", metadata: ["key": "\(keyID)"])
            return try JSONAnswer.make(try await rotation.status(), status: .accepted)
        }
    }
}
