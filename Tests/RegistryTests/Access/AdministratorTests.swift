import FoundationEssentials
import HTTPTypes
import Hummingbird
import Messages
import NIOCore
import PostgresTesting
import Runtime
import Sealing
import Synchronization
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AdministratorTests {
    private static let any = ["If-Match": "*"]

    @Test("an administrator's token does what the role may in the own tenant, and nothing exists beyond")
    func token() async throws {
        try await withVerifier { registry, verifier in
            let (tenant, other) = (try await registry.makeTenant("the own"), try await registry.makeTenant("the other"))
            let user = try await registry.addAdministrator(of: tenant, as: .admin)
            let token = verifier.issue(to: user, of: tenant)
            let current = try await registry.send(.get, "api-keys/current", key: token)
            #expect(current["role"] == "admin" && current["tenantID"] == .string(tenant))
            #expect(current["actor"]["kind"] == "person" && current["actor"]["name"] == "Zhang San")
            #expect(try await registry.send(.get, "tenants/\(tenant)", key: token).status == 200)
            #expect(try await registry.send(.get, "tenants/\(other)", key: token).status == 404)
            #expect(try await registry.send(.get, "api-keys", key: token).status == 403)
            let made = try await registry.send(
                .post,
                "tenants/\(tenant)/idps",
                ["name": "test_9", "description": "x"],
                key: token
            )
            #expect(made.status == 201)
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["actor"] == current["actor"])
        }
    }

    @Test("a token is nobody's that is not for the registry, is refused by the verifier, or is of another tenant")
    func foreignTokens() async throws {
        try await withVerifier { registry, verifier in
            let (tenant, other) = (try await registry.makeTenant("the own"), try await registry.makeTenant("the other"))
            let user = try await registry.addAdministrator(of: tenant, as: .owner)
            let elsewhere = verifier.issue(to: user, of: tenant, for: ["https://id.example.com"])
            let alone = verifier.issue(to: user, of: tenant, for: nil)
            let ended = verifier.issue(to: user, of: tenant)
            verifier.end(ended)
            for token in [elsewhere, alone, ended, "a.b.c", "..", TestVerifier.token(for: ["registry"])] {
                let answer = try await registry.send(.get, "tenants", key: token)
                #expect(answer.status == 401 && answer.problem == "unauthorized", "\(answer.text)")
            }
            #expect(verifier.asked.count == 2)
            let stranger = verifier.issue(to: UserID.make(), of: tenant)
            let namesake = verifier.issue(to: user, of: other)
            for token in [stranger, namesake] {
                let answer = try await registry.send(.get, "tenants", key: token)
                #expect(answer.status == 401 && answer.problem == "not-an-administrator", "\(answer.text)")
            }
        }
    }

    @Test("what a token may follows the administrator at once: another role, removed, their tenant deleted")
    func changes() async throws {
        try await withVerifier { registry, verifier in
            let tenant = try await registry.makeTenant()
            let user = try await registry.addAdministrator(of: tenant, as: .viewer)
            let token = verifier.issue(to: user, of: tenant)
            let listed = try await registry.send(.get, "administrators")["items"][0]
            let path = "administrators/\(listed["id"].string ?? "")"
            #expect(try await registry.send(.get, "administrators", key: token).status == 403)
            #expect(try await registry.send(.patch, path, ["role": "owner"]).status == 428)
            let stale = ["If-Match": "\"9\""]
            #expect(try await registry.send(.patch, path, ["role": "owner"], headers: stale).status == 412)
            let changed = try await registry.send(.patch, path, ["role": "owner"], headers: Self.any)
            #expect(changed["role"] == "owner" && changed["revision"] == 2)
            #expect(try await registry.send(.get, "administrators", key: token).status == 200)
            #expect(try await registry.send(.delete, path, headers: Self.any).status == 204)
            #expect(try await registry.send(.get, "tenants", key: token).problem == "not-an-administrator")
            #expect(try await registry.send(.get, path).status == 404)

            _ = try await registry.addAdministrator(user, of: tenant, as: .viewer)
            #expect(try await registry.send(.delete, "tenants/\(tenant)?confirm=Acme", headers: Self.any).status < 300)
            #expect(try await registry.send(.get, "tenants", key: token).problem == "not-an-administrator")
        }
    }

    @Test("a person is an administrator once, of a tenant that is named or the caller's, also when asked twice")
    func adding() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let owner = try await registry.makeKey("owner", for: tenant)
            let body: JSON = ["userID": .string(UserID.make().description), "name": "x", "role": "viewer"]
            #expect(try await registry.send(.post, "administrators", body).status == 400)
            let headers = ["Idempotency-Key": "once-and-no-more"]
            let first = try await registry.send(.post, "administrators", body, key: owner, headers: headers)
            let again = try await registry.send(.post, "administrators", body, key: owner, headers: headers)
            #expect(first.status == 201 && again.status == 200 && first["id"] == again["id"])
            #expect(first["tenantID"] == .string(tenant))
            let second = try await registry.send(.post, "administrators", body, key: owner)
            #expect(second.status == 409 && second.problem == "administrator-exists")
        }
    }

    @Test("while the verifier is away nobody knows what a token is worth, and keys go on")
    func away() async throws {
        try await withRegistry({ $0.verifier = PeerAddress(url: "http://127.0.0.1:9", key: Secret("ver")) }) {
            registry in
            let answer = try await registry.send(.get, "tenants", key: TestVerifier.token(for: ["registry"]))
            #expect(answer.status == 503 && answer.problem == "unavailable")
            #expect(try await registry.send(.get, "tenants").status == 200)
        }
    }

    @Test("when an administrator was here last is told, and what was refused is audited as theirs")
    func journal() async throws {
        try await withVerifier { registry, verifier in
            let tenant = try await registry.makeTenant()
            let token = verifier.issue(to: try await registry.addAdministrator(of: tenant, as: .viewer), of: tenant)
            #expect(try await registry.send(.get, "api-keys", key: token).status == 403)
            try await registry.components.keyJournalWriter.write()
            let administrator = try await registry.send(.get, "administrators")["items"][0]
            #expect(administrator["lastUsedAt"].string != nil)
            let entry = try await registry.send(.get, "audit?action=request.refused")["items"][0]
            #expect(entry["object"] == ["kind": "administrator", "id": administrator["id"]])
            #expect(entry["actor"]["kind"] == "person")
        }
    }

    private func withVerifier(
        _ test: @escaping @Sendable (TestRegistry, TestVerifier) async throws -> Void
    ) async throws {
        let verifier = TestVerifier()
        try await withNeighbour(verifier.router) { url in
            try await withRegistry({ $0.verifier = PeerAddress(url: url, key: Secret("ver")) }) {
                try await test($0, verifier)
            }
        }
    }
}

/// The verifier as the registry asks it: userinfo takes the tokens that it issued and has not ended.
private final class TestVerifier: Sendable {
    private let people = Mutex<[String: String]>([:])
    private let calls = Mutex<[String]>([])

    /// The tokens that were shown to it.
    var asked: [String] { calls.withLock { $0 } }

    func issue(to user: UserID, of tenant: String, for audience: [String]? = ["https://id", "registry"]) -> String {
        let token = Self.token(for: audience)
        people.withLock { $0[token] = #"{"sub": "\#(user)", "tenant_id": "\#(tenant)"}"# }
        return token
    }

    func end(_ token: String) { people.withLock { $0[token] = nil } }

    /// A token as it looks; nobody here checks its signature.
    ///
    /// - Parameter audience: Nil for one name instead of a list.
    static func token(for audience: [String]?) -> String {
        let names = audience.map { names in "[" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }
        let claims = #"{"aud": \#(names ?? "\"registry\""), "jti": "\#(RandomText.make(20))"}"#
        return ["{}", claims, "signature"].map { Base64URL.encode($0.utf8) }.joined(separator: ".")
    }

    var router: Router<BasicRequestContext> {
        let router = Router()
        router.get("oauth2/userinfo") { request, _ in
            let token = request.bearerToken?.withValue { $0 } ?? ""
            self.calls.withLock { $0.append(token) }
            guard let answer = self.people.withLock({ $0[token] }) else { return Response(status: .unauthorized) }
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: answer)))
        }
        return router
    }
}

extension TestRegistry {
    /// Makes somebody an administrator; returns who it is.
    fileprivate func addAdministrator(
        _ user: UserID = .make(),
        of tenant: String,
        as role: Role
    ) async throws -> UserID {
        let body: JSON = [
            "userID": .string(user.description), "tenantID": .string(tenant), "name": "Zhang San",
            "role": .string(role.rawValue),
        ]
        let answer = try await send(.post, "administrators", body)
        try #require(answer.status == 201, "\(answer.text)")
        return user
    }
}
