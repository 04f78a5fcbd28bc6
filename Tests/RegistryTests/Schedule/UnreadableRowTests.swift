import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// One row that cannot be read stops no other (architecture.md §5).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct UnreadableRowTests {
    @Test("the others of its tenant are listed, and get the tenant's new fields")
    func tenant() async throws {
        try await withTwo { registry, tenant, bad, good in
            let listed = try await registry.send(.get, "tenants/\(tenant)/idps")
            #expect(listed["items"].array.map { $0["id"].string } == [good.description])
            let field: JSON = ["key": "room", "titles": ["en": "x"]]
            #expect(try await registry.send(.post, "tenants/\(tenant)/extended-fields", field).status == 201)
            #expect(try await registry.configuration().id == good)
        }
    }

    @Test("the others of its enterprise hear what WeCom says")
    func enterprise() async throws {
        try await withProvider { registry, wecom in
            try await registry.push(Provider.suiteTicket("t"))
            wecom.answer("service/v2/get_auth_info", ["errcode": 40_084, "errmsg": "invalid permanent code"])
            let bad = try await registry.makeConnectedProvider()
            let good = try await registry.makeConnectedProvider()
            try await registry.spoil(bad)
            try await registry.push(Provider.corpEvent("cancel_auth"))
            #expect(try await registry.send(.get, "idps/\(good)")["authorization"]["state"] == "revoked")
        }
    }

    @Test("the others' authorizations lapse")
    func lapse() async throws {
        try await withTwo { registry, _, bad, good in
            try await registry.database.transaction { database in
                for id in [bad, good] {
                    try AuthorizationStore.insert(
                        AuthorizationRequest.makeState(),
                        of: id,
                        url: "https://example.test",
                        expiresAt: .now,
                        by: "test",
                        on: database
                    )
                }
            }
            try await registry.tidy()
            #expect(try await registry.send(.get, "idps/\(good)/authorization")["state"] == "lapsed")
        }
    }

    @Test("its run still ends, and so do the others'")
    func runs() async throws {
        try await withRegistry { registry in
            let bad = try await registry.makeConnectedProvider()
            let good = try await registry.makeConnectedProvider()
            let runs = [try await registry.startRun(bad), try await registry.startRun(good)]
            let ends = try await [
                registry.record(TestRegistry.end(of: runs[0], .failed, because: .mappingChanged), of: runs[0]),
                registry.record(TestRegistry.end(of: runs[1]), of: runs[1]),
            ]
            try await registry.spoil(bad)
            #expect(try await registry.deliver(ends).isEmpty)
            #expect(try await registry.run(runs[0])["outcome"] == "failed")
            #expect(try await registry.run(runs[1])["outcome"] == "succeeded")
        }
    }

    @Test("a run that waited behind its run gets its turn once it can be read again")
    func turn() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let (active, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            let end = try await registry.record(TestRegistry.end(of: active), of: active)
            let watchdog = registry.components.watchdog(Hearing(Readiness()))
            for (isSpoilt, state) in [(true, "waiting"), (false, "requested")] as [(Bool, JSON)] {
                if isSpoilt {
                    try await registry.spoil(id)
                    #expect(try await registry.deliver([end]).isEmpty)
                } else {
                    try await registry.mend(id)
                }
                let failures = try #require(try await watchdog.runOnce())
                #expect(failures.isEmpty, "\(failures)")
                #expect(try await registry.run(active)["outcome"] == "succeeded")
                #expect(try await registry.run(waiting)["state"] == state)
            }
            #expect(try await registry.lastCommand().run.description == waiting["id"].string)
        }
    }

    @Test("an event that cannot be opened is set aside, and those after it are dealt with")
    func events() async throws {
        try await withProvider { registry, wecom in
            try await registry.push(Provider.suiteTicket("t"))
            wecom.answer("service/v2/get_auth_info", ["errcode": 40_084, "errmsg": "invalid permanent code"])
            let id = try await registry.makeConnectedProvider()
            try await registry.database.run(
                """
                insert into registry.callbacks (digest, receiver, kind, sealed, received_at)
                values ('x', 'y', 'cancel_auth', 'no seal', now() - interval '1 hour')
                """
            )
            try await registry.push(Provider.corpEvent("cancel_auth"))
            #expect(try await registry.send(.get, "idps/\(id)")["authorization"]["state"] == "revoked")
            let rows = try await registry.database.run(
                "select reason from registry.callbacks where set_aside_at is not null"
            )
            #expect(try rows.decode(String.self).count == 1)
        }
    }

    @Test("the pages behind it are shown, of identity providers and of clients")
    func pages() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            var (providers, clients) = ([String](), [String]())
            for number in 0..<5 {
                providers.append(try await registry.makeProvider(in: tenant).description)
                let made = try await registry.send(.post, "clients", Self.client(number, of: tenant))
                clients.append(try #require(made["id"].string))
            }
            try await registry.spoil(try #require(IdentityProviderID(providers[1])))
            try await registry.spoilClient(clients[1])
            for (path, ids) in [("tenants/\(tenant)/idps", providers), ("clients", clients)] {
                var (shown, cursor) = ([String](), "")
                repeat {
                    let page = try await registry.send(.get, "\(path)?limit=2&cursor=\(cursor)")
                    shown += page["items"].array.compactMap { $0["id"].string }
                    cursor = page["nextCursor"].string ?? ""
                } while !cursor.isEmpty
                #expect(shown == [0, 2, 3, 4].map { ids[$0] }, "\(path)")
            }
        }
    }

    @Test("a client that cannot be read is deleted with its tenant, and the verifier is told")
    func clientsEnd() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            var clients: [String] = []
            for number in 0..<2 {
                let made = try await registry.send(.post, "clients", Self.client(number, of: tenant))
                clients.append(try #require(made["id"].string))
            }
            try await registry.spoilClient(clients[0])
            let ended = try await registry.send(.delete, "tenants/\(tenant)?confirm=Acme", headers: ["If-Match": "*"])
            #expect([200, 202, 204].contains(ended.status), "\(ended.text)")
            let left = try await registry.database.run("select from registry.clients where not is_deleted")
            #expect(left.isEmpty)
            let told = try await registry.published(TopicCatalogue.clients)
                .map { try $0.decode(ClientConfiguration.self) }.filter { $0.status == .deleted }
            #expect(Set(told.map(\.id.description)) == Set(clients))
            #expect(told.allSatisfy { $0.revision == Revision(rawValue: 2) })
        }
    }

    private static func client(_ number: Int, of tenant: String) -> JSON {
        ["name": .string("client \(number)"), "authentication": "none", "tenantID": .string(tenant)]
    }

    /// Two identity providers of one tenant that are not connected, of which the first cannot be read.
    private func withTwo(
        _ test: @Sendable (TestRegistry, String, IdentityProviderID, IdentityProviderID) async throws -> Void
    ) async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let (bad, good) = (
                try await registry.makeProvider(in: tenant), try await registry.makeProvider(in: tenant)
            )
            try await registry.spoil(bad)
            try await test(registry, tenant, bad, good)
        }
    }
}

extension TestRegistry {
    /// Makes good what ``spoil(_:)`` did.
    fileprivate func mend(_ id: IdentityProviderID) async throws {
        try await database.run(
            """
            update registry.identity_providers set configuration = jsonb_set(configuration, '{cycleHours}', '2')
            where id = \(id.uuid)
            """
        )
    }

    /// Leaves a client as no program writes it.
    fileprivate func spoilClient(_ id: String) async throws {
        try await database.run(
            """
            update registry.clients set configuration = jsonb_set(configuration, '{authentication}', '"magic"')
            where id = \(id)::uuid
            """
        )
    }
}
