import Foundation
import Kafka
import KafkaTesting
import Messages
import Outbox
import Pipeline
import Postgres
import PostgresTesting
import Testing

@testable import Verifier

/// What the verifier makes of what it is told of clients, whatever comes in which order.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct ClientProjectionTests {
    private static func run(_ body: (ClientProjection, ClientStore) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all, partitions: 2).run(on: database)
            let events = AuthenticationEvents(
                outbox: Outbox(schema: Migrations.schema),
                namespace: .none,
                source: "test",
                nudge: {}
            )
            let clients = ClientStore(database: database)
            let projection = ClientProjection(
                database: database,
                clients: clients,
                sessions: SessionStore(database: database, events: events),
                keys: nil,
                settings: StageSettings(kafka: [:], namespace: .none),
                readiness: nil,
                logger: Broker.quiet
            )
            try await body(projection, clients)
        }
    }

    /// A record as the registry publishes it, with another client or tenant in its headers where that is given.
    private static func record(
        _ client: ClientConfiguration,
        tenant: TenantID? = nil,
        value: [UInt8]? = nil
    ) throws -> Record {
        let envelope = ClientEnvelope(
            type: ClientConfiguration.type,
            source: "test",
            tenant: tenant ?? client.tenant,
            client: client.id
        )
        return Record(
            position: Position(topic: TopicCatalogue.clients.name, partition: 0, offset: 0),
            key: Array(envelope.key.utf8),
            value: try value ?? client.encode(),
            headers: envelope.headers.map { Header($0.name, $0.value) }
        )
    }

    /// The states of a client's life, each a revision.
    private static func life(_ name: String) -> [ClientConfiguration] {
        let first = SampleClients.client(name)
        var second = first
        (second.revision, second.scopes) = (first.revision.next, [.openid])
        var third = second
        (third.revision, third.status) = (second.revision.next, .disabled)
        return [first, second, third, third.deleted(as: third.revision.next)]
    }

    /// Every order of some things.
    private static func orders<Element>(of elements: [Element]) -> [[Element]] {
        guard let first = elements.first else { return [[]] }
        return orders(of: Array(elements.dropFirst())).flatMap { order in
            (0...order.count).map { Array(order[..<$0]) + [first] + Array(order[$0...]) }
        }
    }

    @Test("in whatever order, and however often, states come, the newest that was told stays")
    func order() async throws {
        try await Self.run { projection, store in
            var number = 0
            for count in 1...4 {
                for places in Self.orders(of: Array(0..<count)) {
                    number += 1
                    let states = Self.life("app\(number)")
                    let told = places.map { states[$0] }
                    try await projection.apply((told + told.prefix(2)).map { try Self.record($0) })
                    #expect(try await store.known("app\(number)")?.configuration == states[count - 1])
                }
            }
        }
    }

    @Test("a client that may have nothing is not found, and a name that no client has is none")
    func finding() async throws {
        try await Self.run { projection, store in
            let states = Self.life("app")
            try await projection.apply([try Self.record(states[1])])
            #expect(try await store.find("app")?.configuration == states[1])
            #expect(try await store.isOrigin("https://app.test"))
            try await projection.apply([try Self.record(states[2])])
            #expect(try await store.find("app") == nil)
            #expect(try await !store.isOrigin("https://app.test"))
            for name in ["", "App", "app ", "a\u{0}b", String(repeating: "a", count: 300)] {
                #expect(try await store.known(name) == nil)
            }
        }
    }

    @Test("what cannot be read, breaks a rule, or has another's name is left out, and what follows it counts")
    func unfit() async throws {
        try await Self.run { projection, store in
            let good = SampleClients.client("app")
            let broken = SampleClients.client("broken", redirectURIs: ["http://elsewhere.test/"])
            let thief = SampleClients.client("app", redirectURIs: ["https://thief.test/"])
            try await projection.apply([
                try Self.record(good), try Self.record(broken), try Self.record(thief),
                try Self.record(SampleClients.client("bytes"), value: Array("{}".utf8)),
                try Self.record(SampleClients.client("moved"), tenant: .make()),
                try Self.record(SampleClients.client("nul") { $0.name = "a\0b" }),
                try Self.record(SampleClients.client("last")),
            ])
            #expect(try await store.find("app")?.configuration == good)
            for name in ["broken", "bytes", "moved", "nul"] { #expect(try await store.known(name) == nil, "\(name)") }
            #expect(try await store.find("last") != nil)
        }
    }

    /// Begins sessions of a client, each of another person of one identity provider.
    private static func logOn(_ count: Int, to client: String, in database: Database) async throws {
        try await database.run(
            """
            insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
            select n::text, \(UUID())::uuid, gen_random_uuid(), \(UUID())::uuid, \(client)::text, 'openid',
                now() + interval '1 day'
            from generate_series(1, \(count)::bigint) as n
            """
        )
    }

    private static func liveSessions(_ database: Database) async throws -> [Int] {
        try await database.run("select count(*) from verifier.sessions where ended_at is null").decode(Int.self)
    }

    @Test("a client of more people than one record can name is closed all the same, and each of them is named once")
    func crowd() async throws {
        try await Self.run { projection, store in
            var later = SampleClients.client("later")
            try await projection.apply([try Self.record(later)])
            try await Self.logOn(26_000, to: "later", in: store.database)
            (later.revision, later.status) = (later.revision.next, .disabled)
            try await projection.apply([try Self.record(later)])
            #expect(try await store.find("later") == nil)
            #expect(try await Self.liveSessions(store.database) == [0])
            let told = try await store.database.run("select value from verifier.outbox order by id").map { row in
                try SessionsEnded.decode(try row.decode([UInt8].self))
            }
            #expect(told.map(\.users.count) == [10_000, 10_000, 6_000])
            #expect(told.map(\.sessions) == [10_000, 10_000, 6_000])
            #expect(Set(told.flatMap(\.users)).count == 26_000)
            #expect(told.allSatisfy { $0.reason == .clientClosed })
        }
    }

    @Test("a session that began while its client was being disabled does not come back with the client")
    func enabledAgain() async throws {
        try await Self.run { projection, store in
            var app = SampleClients.client("app")
            try await projection.apply([try Self.record(app)])
            (app.revision, app.status) = (app.revision.next, .disabled)
            try await projection.apply([try Self.record(app)])
            try await Self.logOn(1, to: "app", in: store.database)
            (app.revision, app.status) = (app.revision.next, .enabled)
            try await projection.apply([try Self.record(app)])
            #expect(try await store.find("app") != nil)
            #expect(try await Self.liveSessions(store.database) == [0])
            // What begins from then on goes on, whatever is told of the client besides.
            try await store.database.run("delete from verifier.sessions")
            try await Self.logOn(1, to: "app", in: store.database)
            (app.revision, app.name) = (app.revision.next, "another name")
            try await projection.apply([try Self.record(app)])
            #expect(try await Self.liveSessions(store.database) == [1])
        }
    }

    @Test("keys are made for what clients want their tokens signed by")
    func algorithms() async throws {
        try await Self.run { projection, store in
            #expect(try await store.algorithms() == [.es256])
            let old = SampleClients.client("old") { $0.idTokenAlgorithm = .rs256 }
            try await projection.apply([try Self.record(old)])
            #expect(try await store.algorithms() == [.es256, .rs256])
        }
    }
}
