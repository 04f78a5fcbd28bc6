import FoundationEssentials
import Hummingbird
import NIOCore
import NIOHTTP1
import Runtime
import Sealing

/// `POST /sign-in/links`: makes a one-time link for whoever shows an owner's API key, for programs such as the demo.
///
/// The link holds a key of its own, which ends by itself within twelve hours and is replaced when the link is followed.
struct SignInLinkAPI: Sendable {
    let desk: Desk

    private static let lifetime: TimeInterval = 43_200

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.post("/sign-in/links") { request, context in
            do {
                return try await make(request)
            } catch let problem as APIProblem {
                return try Problem(
                    HTTPResponse.Status(code: problem.status),
                    problem.slug,
                    detail: problem.detail,
                    fix: problem.fix
                ).response(from: request, context: context)
            } catch let problem as Problem {
                return try problem.response(from: request, context: context)
            }
        }
    }

    private func make(_ request: Request) async throws -> Response {
        guard let key = request.bearerToken else {
            throw Problem(.unauthorized, "unauthorized", detail: "This needs the API key of an owner.")
        }
        let registry = desk.registry(with: key)
        let current = try await registry.get("/api/v1/api-keys/current", as: CurrentAPIKey.self)
        let now = Date()
        let end = now.addingTimeInterval(Self.lifetime).formatted(.iso8601)
        let made = try await registry.send(
            .POST,
            "/api/v1/api-keys",
            .object([
                "name": .string("\(Texts.linkKey)\(current.actor.name)".prefix(100).description),
                "role": .string(Role.owner.rawValue), "tenantID": current.tenantID.map(JSON.string) ?? .null,
                "expiresAt": .string(end),
            ]),
            as: MadeAPIKey.self
        )
        let link = SignInLink(key: made.key, keyID: made.id, now: Int(now.timeIntervalSince1970))
        let url = "\(desk.settings.publicURL)/sign-in/link/\(try link.token(sealedBy: desk.settings.sealing))"
        let body = try JSON.object(["url": .string(url), "secondsToFollow": .integer(Int64(SignInLink.patience))]).text
        return Response(
            status: .created,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body))
        )
    }
}
