import FoundationEssentials
import Messages
import Postgres
import PostgresTesting
import Runtime
import Sealing
import Testing

@testable import Registry

/// OAuth clients as objects of the admin API.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ClientTests {
    private static let anyVersion = ["If-Match": "*"]
    private static let app: JSON = [
        "name": "the app", "authentication": "client_secret", "redirectURIs": ["https://app.test/callback"],
    ]

    /// The last state that the verifier is told of each client.
    private static func told(_ registry: TestRegistry) async throws -> [String: ClientConfiguration] {
        try await registry.published(TopicCatalogue.clients).reduce(into: [:]) { newest, record in
            let told = try record.decode(ClientConfiguration.self)
            if let before = newest[record.key ?? ""] { #expect(before.revision < told.revision) }
            #expect(record.key == told.id.description)
            newest[told.id.description] = told
        }
    }

    @Test("a client is made with what is usual, its secret is shown once, and the verifier is told its digest")
    func making() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "clients", Self.app)
            #expect(made.status == 201)
            let (id, secret) = (made["id"].string ?? "", made["secret"].string ?? "")
            #expect(made.header("Location") == "/api/v1/clients/\(id)")
            #expect(made["clientID"].string == id)
            #expect(secret.hasPrefix("wbc_") && secret.count == 47)
            let seen = try await registry.send(.get, "clients/\(id)")
            #expect(seen.header("ETag") == "\"1\"")
            #expect(!seen.text.contains(secret) && seen["secret"] == .null)
            #expect(seen["scopes"] == ["openid", "profile", "email", "groups", "offline_access"])
            #expect(seen["idleDays"] == 30 && seen["absoluteDays"] == 90 && seen["native"] == false)
            #expect(seen["deviceFlow"] == false)
            let told = try #require(try await Self.told(registry)[id])
            #expect(told.secrets == [ClientSecret(of: Secret(secret))])
            #expect(told.tenant == nil && told.status == .enabled)
            let stored = try await registry.database.run("select configuration::text from registry.clients")
            #expect(try !stored.decode(String.self).joined().contains(secret))
            let audit = try await registry.send(.get, "audit?object=\(id)")
            #expect(audit["items"][0]["action"] == "client.created" && !audit.text.contains(secret))
        }
    }

    @Test("a client whose tokens the registry takes is for owners of all tenants alone")
    func registryScope() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "admin", "role": "admin"])
            let admin = try #require(made["key"].string)
            let console: JSON = [
                "name": "a console", "authentication": "client_secret", "redirectURIs": ["https://app.test/callback"],
                "scopes": ["openid", "registry"],
            ]
            #expect(try await registry.send(.post, "clients", console, key: admin).status == 403)
            let path = "clients/" + (try await registry.send(.post, "clients", console)["id"].string ?? "")
            let elsewhere: JSON = ["redirectURIs": ["https://elsewhere.test/callback"]]
            let version = Self.anyVersion
            #expect(try await registry.send(.patch, path, elsewhere, key: admin, headers: version).status == 403)
            #expect(try await registry.send(.post, path + "/rotate-secret", key: admin, headers: version).status == 403)
            #expect(try await registry.send(.delete, path, key: admin, headers: version).status == 403)
            let usual = try await registry.send(.post, "clients", Self.app, key: admin)
            #expect(usual.status == 201)
            let more: JSON = ["scopes": ["openid", "registry"]]
            let widened = "clients/" + (usual["id"].string ?? "")
            #expect(try await registry.send(.patch, widened, more, key: admin, headers: version).status == 403)
            #expect(try await registry.send(.patch, path, elsewhere, headers: version).status == 200)
        }
    }

    @Test(
        "a change is a new revision that is told and audited, needs what was seen, and what breaks a rule changes nothing"
    )
    func changing() async throws {
        try await withRegistry { registry in
            let id = try await registry.send(.post, "clients", Self.app)["id"].string ?? ""
            let change: JSON = [
                "redirectURIs": ["http://127.0.0.1/back"], "scopes": ["openid"], "native": true, "deviceFlow": true,
            ]
            #expect(try await registry.send(.patch, "clients/\(id)", change).status == 428)
            let stale = ["If-Match": "\"2\""]
            #expect(try await registry.send(.patch, "clients/\(id)", change, headers: stale).status == 412)
            let seen = ["If-Match": "\"1\""]
            let changed = try await registry.send(.patch, "clients/\(id)", change, headers: seen)
            #expect(changed.status == 200 && changed.header("ETag") == "\"2\"")
            let bad: JSON = ["redirectURIs": ["http://app.test/"], "backchannelLogoutURI": "x", "idleDays": 0]
            let refused = try await registry.send(.patch, "clients/\(id)", bad, headers: Self.anyVersion)
            #expect(refused.status == 400)
            let told = try #require(try await Self.told(registry)[id])
            #expect(told.revision.rawValue == 2 && told.isNative && told.redirectURIs == ["http://127.0.0.1/back"])
            #expect(told.usesDeviceFlow)
            let entry = try await registry.send(.get, "audit?object=\(id)&limit=1")["items"][0]
            #expect(entry["action"] == "client.changed" && entry["details"]["changes"]["native"]["to"] == true)
            // The same again is no change.
            let same = try await registry.send(.patch, "clients/\(id)", change, headers: Self.anyVersion)
            #expect(same.header("ETag") == "\"2\"")
        }
    }

    @Test("every mistake of a new client is told with its field")
    func mistakes() async throws {
        try await withRegistry { registry in
            let key: JSON = ["kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "secret"]
            let bodies: [(JSON, [String])] = [
                ([:], ["name", "authentication"]),
                (["name": "x", "authentication": "basic"], ["authentication"]),
                (["name": "x", "authentication": "none", "clientID": "with space"], ["clientID"]),
                (
                    ["name": "x", "authentication": "none", "redirectURIs": ["/x", "https://a.test/#f"]],
                    ["redirectURIs[0]", "redirectURIs[1]"]
                ),
                (["name": "x", "authentication": "private_key_jwt"], ["keys"]),
                (["name": "x", "authentication": "private_key_jwt", "keys": [key]], ["keys[0].d"]),
                (["name": "x", "authentication": "none", "scopes": ["profile"]], ["scopes"]),
                (["name": "x", "authentication": "none", "secret": "mine"], ["secret"]),
            ]
            for (body, fields) in bodies {
                let answer = try await registry.send(.post, "clients", body)
                #expect(answer.status == 400)
                #expect(answer["errors"].array.compactMap { $0["field"].string } == fields, "\(answer.text)")
            }
            #expect(try await Self.told(registry).isEmpty)
        }
    }

    @Test("a new secret is shown once, the one before counts beside it for a while, and one before that no more")
    func rotation() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "clients", Self.app)
            let (id, first) = (made["id"].string ?? "", Secret(made["secret"].string ?? ""))
            let path = "clients/\(id)/rotate-secret"
            let again = ["If-Match": "*", "Idempotency-Key": "k1"]
            let second = try await registry.send(.post, path, ["overlapHours": 1], headers: again)
            let repeated = try await registry.send(.post, path, ["overlapHours": 1], headers: again)
            #expect(second.status == 200 && second["secret"] == repeated["secret"], "a lost answer can be asked for")
            #expect(second["formerSecretUntil"].string != nil)
            let secret = Secret(second["secret"].string ?? "")
            var told = try #require(try await Self.told(registry)[id])
            let now = Timestamp.now
            func counts(_ secret: Secret, _ at: Timestamp) -> Bool {
                told.secrets.contains { $0.accepts(secret, at: at) }
            }
            #expect(counts(first, now) && counts(secret, now))
            #expect(
                !counts(first, now.advanced(by: .seconds(3_700))) && counts(secret, now.advanced(by: .seconds(3_700)))
            )
            let third = try await registry.send(.post, path, ["overlapHours": 0], headers: Self.anyVersion)
            told = try #require(try await Self.told(registry)[id])
            #expect(!counts(first, now) && !counts(secret, now) && counts(Secret(third["secret"].string ?? ""), now))
            let open = try await registry.send(.post, "clients", ["name": "open", "authentication": "none"])
            #expect(open["secret"] == .null)
            let none = "clients/\(open["id"].string ?? "")/rotate-secret"
            #expect(try await registry.send(.post, none, headers: Self.anyVersion).problem == "client-without-secret")
        }
    }

    @Test("a deleted client stays as a small record that is told, and its name is nobody else's")
    func deletion() async throws {
        try await withRegistry { registry in
            let named: JSON = ["name": "the app", "authentication": "client_secret", "clientID": "sase-client"]
            let id = try await registry.send(.post, "clients", named)["id"].string ?? ""
            #expect(try await registry.send(.post, "clients", named).problem == "client-id-taken")
            #expect(try await registry.send(.delete, "clients/\(id)").status == 428)
            #expect(try await registry.send(.delete, "clients/\(id)", headers: Self.anyVersion).status == 204)
            #expect(try await registry.send(.get, "clients/\(id)").status == 404)
            #expect(try await registry.send(.get, "clients")["items"] == [])
            #expect(try await registry.send(.post, "clients", named).problem == "client-id-taken")
            let told = try #require(try await Self.told(registry)[id])
            #expect(told.status == .deleted && told.secrets.isEmpty && told.clientID.description == "sase-client")
            try await registry.database.run("delete from registry.outbox")
            let republished = try await registry.send(.post, "configurations/republish")
            #expect(republished.json == ["configurations": 0, "clients": 1])
            #expect(try await Self.told(registry)[id] == told)
        }
    }

    @Test(
        "a tenant's administrator has clients of that tenant alone, which go with it; none of them has a name of choice"
    )
    func tenants() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant("the tenant's name")
            let everybody = try await registry.send(.post, "clients", Self.app)["id"].string ?? ""
            let key = try await registry.makeKey("admin", for: tenant)
            let own = try await registry.send(.post, "clients", Self.app, key: key)
            let id = own["id"].string ?? ""
            #expect(own["tenantID"].string == tenant)
            let listed = try await registry.send(.get, "clients", key: key)["items"].array
            #expect(listed.map { $0["id"].string } == [id])
            #expect(try await registry.send(.get, "clients?tenantID=\(tenant)")["items"].array.count == 1)
            let change: JSON = ["name": "y"]
            for path in ["clients/\(everybody)", "clients/\(ClientID.make())"] {
                #expect(try await registry.send(.get, path, key: key).status == 404)
                #expect(try await registry.send(.patch, path, change, key: key, headers: Self.anyVersion).status == 404)
            }
            let named: JSON = ["name": "x", "authentication": "none", "clientID": "sase-client"]
            #expect(try await registry.send(.post, "clients", named, key: key).status == 400)
            let inner: JSON = ["name": "x", "authentication": "none", "backchannelLogoutURI": "http://127.0.0.1/x"]
            #expect(try await registry.send(.post, "clients", inner, key: key).status == 400)
            let other = try await registry.makeTenant("the other's name")
            let foreign: JSON = ["name": "x", "authentication": "none", "tenantID": .string(other)]
            #expect(try await registry.send(.post, "clients", foreign, key: key).status == 404)

            let path = "tenants/\(tenant)?confirm=the%20tenant's%20name"
            #expect(try await registry.send(.delete, path, headers: Self.anyVersion).status == 202)
            let told = try await Self.told(registry)
            #expect(told[id]?.status == .deleted && told[everybody]?.status == .enabled)
        }
    }

    @Test("clients are bounded: so many at once, and so many ever")
    func bounds() async throws {
        try await withRegistry { registry in
            let tenant = try #require(TenantID(try await registry.makeTenant("the tenant's name")))
            func fill(_ count: Int, isDeleted: Bool) async throws {
                try await registry.database.run(
                    """
                    insert into registry.clients
                        (id, client_id, tenant, revision, is_deleted, configuration, created_at, updated_at)
                    select gen_random_uuid(), gen_random_uuid()::text, \(tenant), 1, \(isDeleted), '{}', now(), now()
                    from generate_series(1, \(count))
                    """
                )
            }
            let app: JSON = ["name": "x", "authentication": "none", "tenantID": .string(tenant.description)]
            try await fill(ClientStore.most, isDeleted: false)
            #expect(try await registry.send(.post, "clients", app).problem == "too-many-clients")
            try await registry.database.run("update registry.clients set is_deleted = true")
            #expect(try await registry.send(.post, "clients", app).status == 201)
            try await fill(ClientStore.mostEver, isDeleted: true)
            #expect(try await registry.send(.post, "clients", app).problem == "too-many-clients")
        }
    }
}
