import FoundationEssentials
import HTTPTypes
import Hummingbird
import Messages
import NIOCore
import Runtime

/// `/api/v1/rebuild`: has the directory rebuilt beside the one in use, compared and switched, for who sees all tenants.
struct RebuildRoutes: Sendable {
    let rebuild: DirectoryRebuild

    func add(to api: RouterGroup<DirectoryContext>) {
        api.get("rebuild") { _, context in
            try check(context)
            return try answer(await status())
        }
        api.post("rebuild") { request, context in
            try check(context)
            let wish = try await request.form(DirectoryRebuild.form, context: context)
            try await rebuild.begin(wish)
            return try answer(await status(), .accepted)
        }
        api.delete("rebuild") { _, context in
            try check(context)
            try await rebuild.takeBack()
            return try answer(await status())
        }
    }

    private func check(_ context: DirectoryContext) throws {
        guard try context.requireAccess() == .all else {
            throw Problem(
                .forbidden,
                "forbidden",
                detail: "The key shows one tenant.",
                fix: "Use a key for all tenants."
            )
        }
    }

    private func status() async throws -> RebuildStatus {
        guard let status = try await rebuild.status() else {
            throw Problem.notFound("The directory was never asked to be rebuilt.")
        }
        return status
    }

    private func answer(_ status: RebuildStatus, _ code: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: code,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try MessageJSON.encoder.encode(status)))
        )
    }
}
