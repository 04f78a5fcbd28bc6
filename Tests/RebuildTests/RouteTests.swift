import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KafkaTesting
import Messages
import NIOCore
import PostgresTesting
import Runtime
import Testing

@testable import Rebuild

@Suite("Rebuilds over HTTP", .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"), .timeLimit(.minutes(5)))
struct RouteTests {
    @Test("one is begun, told of and taken back")
    func lifeCycle() async throws {
        try await with { client async throws in
            #expect(try await ask(client, .get).status == .notFound)
            #expect(try await ask(client, .delete).status == .notFound)
            let begun = try await ask(client, .post, "{\"switch\":true}")
            #expect(begun.status == .accepted)
            #expect(begun.text.hasPrefix("{\"attempt\":0,\"outcomes\":{},\"requestedAt\":"))
            #expect(begun.text.hasSuffix(",\"results\":[],\"switches\":true}"))
            let again = try await ask(client, .post, "{}")
            #expect(again.status == .conflict && again.text.contains("The words are being rebuilt."))
            #expect(try await ask(client, .get).status == .ok)
            let takenBack = try await ask(client, .delete)
            #expect(takenBack.status == .ok && takenBack.text.contains("\"trouble\":\"it was taken back\""))
        }
    }

    @Test(
        "a wish of another form is refused",
        arguments: ["{\"idp\":\"nobody\"}", "{\"switch\":1}", "{\"force\":true}", "[]"]
    )
    func otherForm(body: String) async throws {
        try await with { client async throws in
            #expect(try await ask(client, .post, body).status == .badRequest)
            #expect(try await ask(client, .get).status == .notFound)
        }
    }

    @Test("whoever may not is told of nothing and begins nothing", arguments: [HTTPRequest.Method.get, .post, .delete])
    func forbidden(method: HTTPRequest.Method) async throws {
        try await with { client async throws in
            #expect(try await ask(client, .post, "{}").status == .accepted)
            #expect(try await ask(client, method, "{}", key: "other").status == .forbidden)
            #expect(!(try await ask(client, .get).text.contains("doneAt")))
        }
    }

    private func with(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        try await WordsWorld.with { world in
            let router = Router()
            router.add(middleware: ProblemMiddleware())
            RebuildRoutes(world.rebuilding) { (request, _: BasicRequestContext) in
                guard request.headers[.authorization] == "Bearer key" else { throw Problem(.forbidden, "forbidden") }
            } answer: { status, code in
                let bytes = try MessageJSON.encoder.encode(status)
                return Response(status: code, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
            }
            .add(to: router, at: "rebuild")
            try await Application(router: router, logger: Broker.quiet).test(.router) { try await body($0) }
        }
    }

    private func ask(
        _ client: any TestClientProtocol,
        _ method: HTTPRequest.Method,
        _ body: String? = nil,
        key: String = "key"
    ) async throws -> (status: HTTPResponse.Status, text: String) {
        let answer = try await client.executeRequest(
            uri: "/rebuild",
            method: method,
            headers: [.authorization: "Bearer \(key)", .contentType: "application/json"],
            body: body.map { ByteBuffer(string: $0) }
        )
        return (answer.status, String(buffer: answer.body))
    }
}
