import Foundation
import HTTPTypes
import Hummingbird
import Messages
import NIOCore
import PostgresTesting
import Runtime
import Sealing
import Testing

@testable import Registry

/// Closing, deleting and revoking are shown before they are done, done at once, and audited.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ClosingImpactTests {
    private static let any = ["If-Match": "*"]

    @Test(
        "it is shown who is in the directory, who may log on, whose sessions would end, and when somebody logged on last"
    )
    func impact() async throws {
        try await withPeers { registry in
            let id = try await registry.makeProvider()
            let answer = try await registry.send(.get, "idps/\(id)/closing-impact")
            #expect(answer.status == 200)
            #expect(answer.header("ETag") == "\"1\"")
            #expect(answer["directory"] == ["people": 845, "departments": 60])
            #expect(
                answer["logon"] == [
                    "people": 840, "sessions": 12, "peopleLoggedOn": 11, "lastLogonAt": "2026-01-02T03:04:05.000Z",
                    "logonsInLastDay": 5, "logonsInLastWeek": 30,
                ]
            )
            #expect(answer["unknown"] == [:])
            #expect(answer["name"] == "test_123")
        }
    }

    @Test("what a service does not say, or nobody is asked, is told as unknown, with the reason")
    func unknown() async throws {
        try await withRegistry({ $0.verifier = PeerAddress(url: "http://127.0.0.1:9", key: Secret("key")) }) {
            registry in
            let id = try await registry.makeProvider()
            let answer = try await registry.send(.get, "idps/\(id)/closing-impact")
            #expect(answer.status == 200)
            #expect(answer["directory"] == .null)
            #expect(answer["unknown"]["directory"].string?.contains("DIRECTORY_URL") == true)
            #expect(answer["unknown"]["logon"].string?.contains("does not answer") == true)
        }
        try await withPeers(status: .unauthorized) { registry in
            let id = try await registry.makeProvider()
            let answer = try await registry.send(.get, "idps/\(id)/closing-impact")
            #expect(answer["unknown"]["logon"] == "The verifier answered 401.")
        }
    }

    @Test("closing is shown first, done with the answer once that is confirmed, and audited")
    func closing() async throws {
        try await withPeers { registry in
            let id = try await registry.makeConnectedProvider()
            let tag = try #require(try await registry.send(.get, "idps/\(id)/closing-impact").header("ETag"))
            let match = ["If-Match": tag]
            let refused = try await registry.send(.patch, "idps/\(id)", ["status": "closed"], headers: match)
            #expect(refused.problem == "closing-needs-confirmation")
            #expect(refused["impact"]["logon"]["sessions"] == 12)
            let body: JSON = ["status": "closed", "confirmClosing": true]
            #expect(try await registry.send(.patch, "idps/\(id)", body, headers: match)["status"] == "closed")
            #expect(try await registry.configuration().isShut)
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["details"]["changes"]["status"] == ["from": "enabled", "to": "closed"])
        }
    }

    @Test("deleting is shown first, done with the answer once the name is given, and audited")
    func deleting() async throws {
        try await withPeers { registry in
            let id = try await registry.makeConnectedProvider(["name": "财务-1"])
            #expect(try await registry.send(.delete, "idps/\(id)").status == 428)
            #expect(try await registry.send(.delete, "idps/\(id)", headers: ["If-Match": "\"9\""]).status == 412)
            let before = try await registry.contents()
            for path in ["idps/\(id)", "idps/\(id)?confirm=x", "idps/\(id)?confirm="] {
                let refused = try await registry.send(.delete, path, headers: Self.any)
                #expect(refused.status == 409)
                #expect(refused.problem == "deletion-needs-confirmation")
                #expect(refused["impact"]["logon"]["people"] == 840)
            }
            #expect(try await registry.contents() == before)
            #expect(try await registry.deleteProvider(id).status == 204)
            #expect(try await registry.configuration().status == .deleted)
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["action"] == "idp.deleted")
            #expect(entry["details"]["name"] == "财务-1")
        }
    }

    @Test("restoring is shown first as a difference, done with the answer, and audited")
    func restoring() async throws {
        try await withPeers { registry in
            let id = try await registry.makeProvider()
            try await registry.patch(id, ["cycleHours": 2])
            let shown = try await registry.send(.get, "idps/\(id)/revisions/2/difference/1")
            #expect(shown["changes"] == ["cycleHours": ["from": 2, "to": 24]])
            let restored = try await registry.send(
                .post,
                "idps/\(id)/revisions/1/restore",
                headers: ["If-Match": "\"2\""]
            )
            #expect(restored["cycleHours"] == 24)
            #expect(try await registry.configuration().cycleHours.rawValue == 24)
            #expect(try await registry.send(.get, "audit?limit=1")["items"][0]["action"] == "idp.restored")
        }
    }

    /// Runs a test against a registry whose neighbours answer, each to its own key.
    private func withPeers(
        status: HTTPResponse.Status = .ok,
        _ test: @escaping @Sendable (TestRegistry) async throws -> Void
    ) async throws {
        let router = Router()
        func answer(_ path: RouterPath, _ key: String, _ json: String) {
            router.get(path) { request, _ in
                let isKnown = request.headers[.authorization] == "Bearer \(key)" && status == .ok
                return Response(
                    status: isKnown ? .ok : .unauthorized,
                    body: ResponseBody(byteBuffer: ByteBuffer(string: json))
                )
            }
        }
        answer(
            "api/v1/idps/{idp}/summary",
            "dir",
            #"{"users": 845, "disabledUsers": 3, "departments": 60, "epoch": 7}"#
        )
        answer(
            "api/v1/idps/{idp}/logons",
            "ver",
            """
            {"people": 840, "sessions": 12, "peopleLoggedOn": 11, "lastLogonAt": "2026-01-02T03:04:05.000Z",
            "logonsInLastDay": 5, "logonsInLastWeek": 30}
            """
        )
        try await withNeighbour(router) { url in
            try await withRegistry(
                { settings in
                    settings.directory = PeerAddress(url: url, key: Secret("dir"))
                    settings.verifier = PeerAddress(url: url, key: Secret("ver"))
                },
                test
            )
        }
    }
}
