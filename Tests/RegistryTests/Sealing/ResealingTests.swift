import Foundation
import Messages
import Postgres
import PostgresTesting
import Resealing
import Runtime
import Sealing
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ResealingTests {
    private static let second = "k2:" + Data(repeating: 9, count: 32).base64EncodedString()
    private static let first = "k1:" + Data(repeating: 7, count: 32).base64EncodedString()

    /// Parts of a registry with other keys, on the same database.
    private static func components(_ keys: String, _ registry: TestRegistry) throws -> Components {
        var settings = registry.settings
        settings.sealingKeys = try SealingKeys(keys)
        return try TestRegistry.components(settings, registry.database)
    }

    /// Where something in the schema is sealed by a key, but for what is on its way to a topic.
    private static func sealed(by key: String, in registry: TestRegistry) async throws -> Set<String> {
        let tables = try await registry.database.run(
            "select tablename::text from pg_tables where schemaname = 'registry' and tablename <> 'outbox'"
        ).map { try $0.decode(String.self) }
        var found: Set<String> = []
        for table in tables {
            let rows = try await registry.database.run(
                "select 1 from \(identifier: "registry", table) as r where r::text like \("%v1.\(key).%") limit 1"
            )
            if !rows.isEmpty { found.insert(table) }
        }
        return found
    }

    private static func fill(_ registry: TestRegistry) async throws -> IdentityProviderID {
        let tenant = try await registry.makeTenant()
        let proxy: JSON = [
            "host": "proxy.example.com", "port": 3_128, "credentials": ["user": "ann", "password": "x"],
        ]
        let id = try await registry.makeConnectedProvider(in: tenant, ["egress": proxy])
        let hook = try await registry.send(.post, "tenants/\(tenant)/webhooks", ["url": "https://hooks.example.com/a"])
        let path = "tenants/\(tenant)/webhooks/\(try #require(hook["id"].string))/rotate-secret"
        try #require(try await registry.send(.post, path, [:], headers: ["If-Match": "*"]).status == 200)
        _ = try await registry.send(
            .post,
            "api-keys",
            ["name": "x", "role": "viewer"],
            headers: ["Idempotency-Key": "key"]
        )
        for event in [
            Provider.suiteTicket("t"), Provider.createAuth("code", state: "none"), Provider.corpEvent("cancel_auth"),
        ] {
            try #require(try await registry.push(try Push(event)).text == "success")
        }
        try await registry.database.run(
            """
            insert into registry.grants (id, suite, origin, code_digest, standing, received_at, changed_at)
            values (gen_random_uuid(), 's', 'create_auth', '', 'exchanged', now(), now())
            """
        )
        let grant = try #require(
            try await registry.database.run("select id from registry.grants where code is null").first
        ).decode(GrantID.self)
        let code = try TestRegistry.sealingKeys.seal(Secret("permanent"), context: GrantStore.context(grant)).text
        try await registry.database.run("update registry.grants set permanent_code = \(code) where id = \(grant)")
        return id
    }

    @Test("everything that the registry keeps sealed is sealed by the new key, and opens with it alone")
    func everything() async throws {
        try await withRegistry({ Provider.configure(&$0) }) { registry in
            let id = try await Self.fill(registry)
            let places = try await Self.sealed(by: "k1", in: registry)
            #expect(
                places == [
                    "identity_providers", "webhooks", "request_identities", "suite_tickets", "callbacks", "grants",
                ]
            )
            let revision = try await registry.configuration().revision
            let both = try Self.components("\(Self.second),\(Self.first)", registry)
            try await withClient(both, registry.settings) { rotating in
                let begun = try await rotating.send(.post, "sealing/rotation", ["keyID": "k2"])
                #expect(begun.status == 202 && begun["rotation"]["keyID"] == "k2")
                #expect(begun["keys"][0]["use"] == "rests")
                try await both.sealingRotation.pass()
                let status = try await rotating.send(.get, "sealing")
                #expect(status["rotation"]["doneAt"].string != nil)
                #expect(status["keys"].array.map { $0["use"] } == ["free", "current"])
                #expect(status["secrets"].array.allSatisfy { $0["keyID"] == "k2" })
                #expect(status["secrets"].array.reduce(0) { $0 + ($1["count"].integer ?? 0) } == 9)
                let entry = try await rotating.send(.get, "audit?action=sealing-keys.rotated")["items"][0]
                #expect(entry["details"] == ["keyID": "k2"] && entry["actor"]["kind"] == "bootstrap")
            }
            #expect(try await Self.sealed(by: "k1", in: registry) == [])
            #expect(try await Self.sealed(by: "k2", in: registry) == places)
            try await Self.expectOpen(id, after: revision, registry)
        }
    }

    private static func expectOpen(
        _ id: IdentityProviderID,
        after revision: Revision,
        _ registry: TestRegistry
    ) async throws {
        let keys = try SealingKeys(second)
        let told = try await registry.configuration()
        #expect(told.revision == revision.next, "readers take a further revision only")
        let secret = try keys.open(try #require(told.connection).secret, context: id.description)
        #expect(secret == Secret("code"))
        let proxy = try keys.open(try #require(told.egress?.credentials), context: EgressProxy.context(of: id))
        #expect(proxy == Secret("ann:x"))
        let stored = try await registry.send(.get, "idps/\(id)/revisions?limit=1")["items"][0]
        #expect(stored["changes"] == [:], "no other secret was given")

        let only = try components(second, registry)
        try await withClient(only, registry.settings) { after in
            let again = try await after.send(
                .post,
                "api-keys",
                ["name": "x", "role": "viewer"],
                headers: ["Idempotency-Key": "key"]
            )
            #expect(again["key"].string?.hasPrefix("wbk_") == true)
        }
        let rows = try await registry.database.run("select \(Webhook.columns) from registry.webhooks")
        let hook = try Webhook(try #require(rows.first))
        for sealed in [hook.secret, try #require(hook.former)] {
            _ = try keys.open(sealed, context: Webhook.context(hook.id))
        }
        for (sql, context) in [
            ("select 'grant/' || id, coalesce(code, permanent_code) from registry.grants", "grant/"),
            ("select 'callback/' || encode(digest, 'base64'), sealed from registry.callbacks where sealed <> ''", "c"),
            ("select 'suite/' || suite, ticket from registry.suite_tickets", "suite/"),
        ] {
            let rows = try await registry.database.run(SQL(stringLiteral: sql))
            #expect(!rows.isEmpty, "\(context)")
            for row in rows {
                let (context, sealed) = try row.decode(String.self, String.self)
                _ = try keys.open(SealedSecret(sealed), context: context)
            }
        }
    }

    @Test("one row that cannot be read keeps no other identity provider's credentials with the old key")
    func unreadable() async throws {
        try await withRegistry { registry in
            let (bad, good) = (
                try await registry.makeConnectedProvider(corpID: "ww1e933be11645237a"),
                try await registry.makeConnectedProvider(corpID: "ww1e933be11645237b")
            )
            try await registry.spoil(bad)
            let both = try Self.components("\(Self.second),\(Self.first)", registry)
            try await registry.database.transaction { try both.sealingRotation.begin("k2", by: "test", on: $0) }
            try await both.sealingRotation.pass()
            let told = try #require(try await registry.published(TopicCatalogue.configuration).last)
            #expect(told.key == good.description)
            let secret = try #require(try told.decode(IdentityProviderConfiguration.self).connection).secret
            #expect(secret.keyID == "k2")
        }
    }

    @Test("a key that the registry does not have is refused, and nobody but an owner of all tenants may ask")
    func refused() async throws {
        try await withRegistry { registry in
            let answer = try await registry.send(.post, "sealing/rotation", ["keyID": "k9"])
            #expect(answer.status == 409 && answer.problem == "sealing-key-unknown")
            #expect(try await registry.send(.post, "sealing/rotation", [:]).status == 400)
            let admin = try await registry.makeKey("admin")
            #expect(try await registry.send(.get, "sealing", key: admin).status == 403)
            #expect(try await registry.send(.post, "sealing/rotation", ["keyID": "k1"], key: admin).status == 403)
            #expect(try await registry.send(.get, "audit?action=sealing-keys.rotated")["items"].array.isEmpty)
        }
    }
}
