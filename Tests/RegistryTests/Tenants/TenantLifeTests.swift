import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Tenants are renamed, suspended and resumed, and deleted.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct TenantLifeTests {
    private static let any = ["If-Match": "*"]

    @Test("a tenant's owner renames it, at the version that was seen")
    func rename() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant("Acme")
            let owner = try await registry.makeKey("owner", for: tenant)
            let body: JSON = ["name": "Acme 2"]
            #expect(try await registry.send(.patch, "tenants/\(tenant)", body, key: owner).status == 428)
            let tag = try #require(try await registry.send(.get, "tenants/\(tenant)", key: owner).header("ETag"))
            let match = ["If-Match": tag]
            let renamed = try await registry.send(.patch, "tenants/\(tenant)", body, key: owner, headers: match)
            #expect(renamed["name"] == "Acme 2")
            #expect(
                try await registry.send(.patch, "tenants/\(tenant)", body, key: owner, headers: match).status == 412
            )
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["action"] == "tenant.renamed")
            #expect(entry["details"] == ["from": "Acme", "to": "Acme 2"])
        }
    }

    @Test("a suspended tenant's identity providers are shut for their own reason, and come back as they were")
    func suspension() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let open = try await registry.makeConnectedProvider(in: tenant)
            let closed = try await registry.makeProvider(in: tenant, ["name": "closed", "status": "closed"])
            let other = try await registry.makeConnectedProvider()
            let body: JSON = ["reason": "The bill is not paid."]
            let suspended = try await registry.send(.post, "tenants/\(tenant)/suspend", body, headers: Self.any)
            #expect(suspended["status"] == "suspended", "\(suspended.text)")
            #expect(suspended["statusChange"]["reason"] == "The bill is not paid.")
            for id in [open, closed] {
                let provider = try await registry.send(.get, "idps/\(id)")
                #expect(provider["tenantStatus"] == "suspended")
                #expect(provider["nextRunAt"] == .null)
            }
            #expect(try await registry.send(.get, "idps/\(open)")["status"] == "enabled")
            let told = try await registry.published(TopicCatalogue.configuration).suffix(2).map {
                try $0.decode(IdentityProviderConfiguration.self)
            }
            #expect(Set(told.map(\.id)) == [open, closed])
            #expect(told.allSatisfy { $0.isShut })
            #expect(try await registry.send(.post, "idps/\(open)/runs").problem == "tenant-suspended")
            #expect(try await registry.send(.post, "idps/\(other)/runs").status == 202)
            let again = try await registry.send(.post, "tenants/\(tenant)/suspend", headers: Self.any)
            #expect(again.problem == "tenant-not-active")
            let late = try await registry.makeProvider(in: tenant, ["name": "late"])
            #expect(try await registry.send(.get, "idps/\(late)")["tenantStatus"] == "suspended")

            let resumed = try await registry.send(.post, "tenants/\(tenant)/resume", headers: Self.any)
            #expect(resumed["status"] == "active")
            #expect(resumed["statusChange"] == .null)
            for (id, status) in [(open, "enabled"), (closed, "closed"), (late, "enabled")] {
                let provider = try await registry.send(.get, "idps/\(id)")
                #expect(provider["tenantStatus"] == "active")
                #expect(provider["status"].string == status)
            }
            #expect(try await registry.send(.get, "idps/\(open)")["nextRunAt"] != .null)
            #expect(try await registry.send(.post, "idps/\(open)/runs").status == 202)
            let deeds = try await registry.send(.get, "audit?object=\(tenant)")["items"].array.map { $0["action"] }
            #expect(deeds == ["tenant.resumed", "tenant.suspended", "tenant.created"])
        }
    }

    @Test("a deleted tenant's identity providers are deleted by their runs, its keys end at once, then it ends")
    func deletion() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "tenants", ["name": "Acme"])
            let (tenant, enterpriseID) = (made["id"].string ?? "", made["enterpriseID"].string ?? "")
            let id = try await registry.makeConnectedProvider(in: tenant)
            let field: JSON = ["key": "room", "titles": ["en": "Room"]]
            _ = try await registry.send(.post, "tenants/\(tenant)/extended-fields", field)
            let key = try await registry.makeKey("owner", for: tenant)
            let path = "tenants/\(tenant)?confirm=Acme"
            #expect(try await registry.send(.delete, path).status == 428)
            #expect(try await registry.send(.delete, path, headers: ["If-Match": "\"9\""]).status == 412)
            for wrong in ["tenants/\(tenant)", "tenants/\(tenant)?confirm=acme"] {
                let answer = try await registry.send(.delete, wrong, headers: Self.any)
                #expect(answer.problem == "deletion-needs-confirmation")
            }
            #expect(try await registry.send(.delete, path, key: key, headers: Self.any).problem == "bound-to-tenant")
            let deleted = try await registry.send(.delete, path, headers: Self.any)
            #expect(deleted.status == 202)
            #expect(deleted["status"] == "deleting")
            #expect(try await registry.send(.get, "tenants", key: key).status == 401)
            #expect(try await registry.configuration().status == .deleted)
            let run = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            #expect(run["kind"] == "delete")
            let body: JSON = ["name": "ab", "description": "x"]
            #expect(try await registry.send(.post, "tenants/\(tenant)/idps", body).problem == "tenant-deleting")

            try await registry.tidy()
            #expect(try await registry.send(.get, "tenants/\(tenant)")["status"] == "deleting")
            try await registry.finish(run)
            try await registry.tidy()
            #expect(try await registry.send(.get, "tenants/\(tenant)").status == 404)
            #expect(try await registry.send(.get, "tenants")["items"] == [])
            #expect(try await registry.count("extended_fields") == 0)
            let rows = try await registry.database.run("select enterprise_id from registry.tenants")
            #expect(try rows.decode(String.self) == [enterpriseID], "nobody else ever gets it")
            let deeds = try await registry.send(.get, "audit?object=\(tenant)")["items"].array.map { $0["action"] }
            #expect(deeds.first == "tenant.ended")
        }
    }

    @Test("a tenant without identity providers ends at once; a failed deletion keeps one waiting")
    func ends() async throws {
        try await withRegistry { registry in
            let empty = try await registry.makeTenant("empty")
            let full = try await registry.makeTenant("full")
            let id = try await registry.makeConnectedProvider(in: full)
            for name in ["empty", "full"] {
                let tenant = name == "empty" ? empty : full
                let answer = try await registry.send(.delete, "tenants/\(tenant)?confirm=\(name)", headers: Self.any)
                #expect(answer.status == 202)
            }
            let run = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            try await registry.finish(run, .failed)
            try await registry.tidy()
            #expect(try await registry.send(.get, "tenants/\(empty)").status == 404)
            #expect(try await registry.send(.get, "tenants/\(full)")["status"] == "deleting")
        }
    }

    @Test("a request to make a tenant that is sent again makes none, and another one with its key is refused")
    func repeated() async throws {
        try await withRegistry { registry in
            let headers = ["Idempotency-Key": "k"]
            let first = try await registry.send(.post, "tenants", ["name": "Acme"], headers: headers)
            let again = try await registry.send(.post, "tenants", ["name": "Acme"], headers: headers)
            #expect(again.status == 200)
            #expect(again["id"] == first["id"])
            let other = try await registry.send(.post, "tenants", ["name": "Acme 2"], headers: headers)
            #expect(other.problem == "idempotency-key-reused")
            #expect(try await registry.count("tenants") == 1)
            let bad = try await registry.send(.post, "tenants", ["name": "x"], headers: ["Idempotency-Key": "a b"])
            #expect(bad.fields == ["Idempotency-Key"])
        }
    }
}
