import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AccessTests {
    @Test(
        "without a key that is known there is no answer",
        arguments: [nil, "", "wbk_wrong", "bootstrap-key-of-the-test", " "]
    )
    func unknownKey(key: String?) async throws {
        try await withRegistry { registry in
            for path in ["tenants", "api-keys", "audit", "idps/\(IdentityProviderID.make())"] {
                let answer = try await registry.send(.get, path, key: key)
                #expect(answer.status == 401)
                #expect(answer.problem == "unauthorized")
                #expect(answer.header("WWW-Authenticate") == "Bearer")
            }
        }
    }

    @Test("another scheme than Bearer is no key; the scheme's case does not matter")
    func scheme() async throws {
        try await withRegistry { registry in
            let key = TestRegistry.bootstrapKey
            let basic = try await registry.send(.get, "tenants", key: nil, headers: ["Authorization": "Basic \(key)"])
            #expect(basic.status == 401)
            let lower = try await registry.send(.get, "tenants", key: nil, headers: ["Authorization": "bearer \(key)"])
            #expect(lower.status == 200)
        }
    }

    @Test("a key is shown once, is 32 random characters, and rests as a hash")
    func newKey() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "viewer"])
            #expect(made.status == 201)
            let key = try #require(made["key"].string)
            #expect(key.wholeMatch(of: /wbk_[A-Za-z0-9_-]{32}/) != nil)
            let listed = try await registry.send(.get, "api-keys")
            #expect(listed["items"][0]["name"] == "CI")
            #expect(!listed.text.contains(key))
            let rows = try await registry.database.run(
                "select digest, name || role || created_by::text from registry.api_keys"
            )
            let (digest, rest) = try #require(rows.first).decode([UInt8].self, String.self)
            #expect(digest.count == 32)
            #expect(!rest.contains(key))
            #expect(try await registry.send(.get, "tenants", key: key).status == 200)
        }
    }

    @Test("a key that is bound to a tenant sees that tenant alone; another's things do not exist for it")
    func boundKey() async throws {
        try await withRegistry { registry in
            let (mine, other) = (try await registry.makeTenant("mine"), try await registry.makeTenant("other"))
            let key = try await registry.makeKey("owner", for: mine)
            let (own, foreign) = (
                try await registry.makeConnectedProvider(in: mine), try await registry.makeConnectedProvider(in: other)
            )
            let run = try await registry.startRun(foreign)["id"].string ?? ""
            #expect(try await registry.send(.get, "tenants", key: key)["items"].array.map { $0["name"] } == ["mine"])
            #expect(try await registry.send(.get, "idps/\(own)", key: key).status == 200)
            let match = ["If-Match": "*"]
            for (method, path, body) in [
                (Method.get, "tenants/\(other)", JSON?.none), (.get, "tenants/\(other)/idps", nil),
                (.post, "tenants/\(other)/idps", ["name": "ab", "description": "x"]),
                (.get, "idps/\(foreign)", nil), (.patch, "idps/\(foreign)", ["cycleHours": 2]),
                (.delete, "idps/\(foreign)", nil), (.get, "idps/\(foreign)/revisions", nil),
                (.get, "idps/\(foreign)/runs", nil), (.post, "idps/\(foreign)/runs", nil),
                (.get, "runs/\(run)", nil), (.post, "runs/\(run)/cancel", nil),
                (.get, "idps/\(foreign)/authorization", nil), (.post, "idps/\(foreign)/authorization", nil),
                (.get, "idps/\(foreign)/authorization/qr.png", nil),
                (.get, "tenants/\(other)/extended-fields", nil),
            ] {
                let answer = try await registry.send(method, path, body, key: key, headers: match)
                #expect(answer.status == 404, "\(method) \(path): \(answer.text)")
            }
            #expect(try await registry.send(.post, "tenants", ["name": "x"], key: key).problem == "bound-to-tenant")
            let audit = try await registry.send(.get, "audit?limit=200", key: key)["items"].array
            #expect(!audit.isEmpty)
            #expect(audit.allSatisfy { $0["tenantID"].string == mine })
        }
    }

    @Test("an owner of one tenant makes keys for that tenant alone")
    func boundOwner() async throws {
        try await withRegistry { registry in
            let (mine, other) = (try await registry.makeTenant("mine"), try await registry.makeTenant("other"))
            let key = try await registry.makeKey("owner", for: mine)
            let foreign: JSON = ["name": "x", "role": "viewer", "tenantID": .string(other)]
            #expect(try await registry.send(.post, "api-keys", foreign, key: key).status == 404)
            let made = try await registry.send(.post, "api-keys", ["name": "x", "role": "owner"], key: key)
            #expect(made["tenantID"].string == mine)
            let all = try await registry.send(.post, "api-keys", ["name": "all", "role": "viewer"])
            let id = all["id"].string ?? ""
            let match = ["If-Match": "*"]
            #expect(try await registry.send(.delete, "api-keys/\(id)", key: key, headers: match).status == 404)
            #expect(try await registry.send(.post, "api-keys/\(id)/replace", key: key, headers: match).status == 404)
            #expect(try await registry.send(.get, "api-keys", key: key)["items"].array.count == 2)
        }
    }

    @Test("a key that is asked for wrongly is refused with every mistake")
    func badKey() async throws {
        try await withRegistry { registry in
            let body: JSON = ["name": "", "role": "king", "tenantID": "x", "colour": 1]
            let answer = try await registry.send(.post, "api-keys", body)
            #expect(answer.status == 400)
            #expect(answer.fields == ["name", "role", "tenantID", "colour"])
            let unknown: JSON = ["name": "x", "role": "viewer", "tenantID": .string(TenantID.make().description)]
            #expect(try await registry.send(.post, "api-keys", unknown).status == 404)
        }
    }

    @Test("every change is audited: who did what to which thing")
    func audit() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let admin = try await registry.makeKey("admin", for: tenant)
            let id = try await registry.makeConnectedProvider(in: tenant)
            _ = try await registry.send(.patch, "idps/\(id)", ["cycleHours": 2], key: admin, headers: ["If-Match": "*"])
            let run = try await registry.startRun(id)["id"].string ?? ""
            _ = try await registry.send(.post, "runs/\(run)/cancel")
            let entries = try await registry.send(.get, "audit?limit=200")["items"].array
            #expect(
                entries.reversed().map { $0["action"].string } == [
                    "tenant.created", "api-key.created", "idp.created", "idp.changed", "idp.changed", "run.requested",
                    "run.cancelled",
                ]
            )
            let change = entries[2]
            #expect(change["actor"]["name"] == "a admin")
            #expect(change["object"] == ["kind": "idp", "id": .string(id.description)])
            #expect(change["details"]["changes"]["cycleHours"] == ["from": 24, "to": 2])
            let about = try await registry.send(.get, "audit?object=\(run)")["items"].array
            #expect(about.map { $0["action"].string } == ["run.cancelled", "run.requested"])
            #expect(try await registry.send(.get, "audit?object=x").status == 400)
        }
    }
}
