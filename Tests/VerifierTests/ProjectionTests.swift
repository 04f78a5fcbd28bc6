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

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct ProjectionTests {
    private let configuration: IdentityProviderConfiguration

    init() throws { configuration = try Bench.identityProvider() }

    @Test("replaying everything, from anywhere and more than once, ends the same")
    func replay() async throws {
        let batches = [
            try batch(1, 1, [person("Li"), person("Wang"), person("Zhao")]),
            try batch(1, 2, [person("Qian")]),
            try batch(2, 1, [person("Li", .updated, name: "李四"), person("Wang", .disabled, isEnabled: false)]),
            try batch(2, 2, [person("Zhao", .deleted, isEnabled: false)]),
            try batch(3, 1, [person("Wang", .restored)]),
        ]
        try await withProjection { projection, database in
            _ = try await projection.handle(Self.batch(batches))
            let once = try await Self.dump(database)
            for start in batches.indices {
                for record in batches[start...] { _ = try await projection.handle(Self.batch([record])) }
                #expect(try await Self.dump(database) == once)
            }
            #expect(once.count == 3)
            #expect(once.contains { $0.contains("李四") })
        }
    }

    @Test("a batch that is not beyond the position is skipped whole")
    func olderState() async throws {
        try await withProjection { projection, database in
            _ = try await projection.handle(Self.batch([batch(5, 3, [person("Li", name: "new")])]))
            let before = try await Self.dump(database)
            for (epoch, sequence) in [(5, 3), (5, 2), (4, 9)] as [(Int64, Int64)] {
                _ = try await projection.handle(
                    Self.batch([batch(epoch, sequence, [person("Li", name: "old"), person("Wang")])])
                )
            }
            #expect(try await Self.dump(database) == before)
        }
    }

    @Test("of new people's messages that come together, those applied before are passed over")
    func overlap() async throws {
        try await withProjection { projection, database in
            let first = [try batch(1, 1, [person("Li", name: "first")]), try batch(1, 2, [person("Wang")], offset: 1)]
            _ = try await projection.handle(Self.batch(first))
            let again = [
                try batch(1, 2, [person("Li", name: "again"), person("Zhao")], offset: 1),
                try batch(1, 3, [person("Qian")], offset: 2), try batch(1, 4, [person("Sun")], offset: 3),
            ]
            _ = try await projection.handle(Self.batch(again))
            let people = try await Self.dump(database)
            #expect(people.count == 4)
            #expect(people.contains { $0.contains("first") })
            #expect(!people.contains { $0.contains("Zhao") || $0.contains("again") })
            let later = try batch(1, 4, [person("Zhao")], offset: 3)
            _ = try await projection.handle(Self.batch([later]))
            #expect(try await Self.dump(database) == people)
        }
    }

    @Test("two people who change places keep one key each")
    func swappedKeys() async throws {
        try await withProjection { projection, database in
            var (one, other) = (try person("a"), try person("b"))
            _ = try await projection.handle(Self.batch([batch(1, 1, [one, other])]))
            (one.externalID, other.externalID) = (other.externalID, one.externalID)
            _ = try await projection.handle(Self.batch([batch(2, 1, [one, other])]))
            let rows = try await database.run("select directory_key, user_id from verifier.principals order by 1")
            let found = try rows.map { row -> String in
                let (key, id) = try row.decode(String.self, UUID.self)
                return "\(key) \(id)"
            }
            #expect(found == ["a \(other.id.uuid)", "b \(one.id.uuid)"])
        }
    }

    @Test("a key that comes back under another id is the new person's alone")
    func reusedKey() async throws {
        try await withProjection { projection, database in
            let old = try person("li")
            _ = try await projection.handle(Self.batch([batch(1, 1, [old])]))
            var new = old
            new.id = .make()
            _ = try await projection.handle(Self.batch([batch(2, 1, [new])]))
            let rows = try await database.run("select user_id from verifier.principals")
            let ids = try rows.map { row -> UUID in try row.decode(UUID.self) }
            #expect(ids == [new.id.uuid])
        }
    }

    @Test("one identity provider's batch leaves another's people alone")
    func strangers() async throws {
        let other = try Bench.identityProvider()
        try await withProjection { projection, database in
            _ = try await projection.handle(Self.batch([batch(1, 1, [person("Li")])]))
            let before = try await Self.dump(database)
            let theirs = try Bench.person("Li", in: other, kind: .deleted)
            let record = try TestChange(epoch: 9, sequence: 1, users: [theirs]).record(other, offset: 1)
            _ = try await projection.handle(Self.batch([record]))
            #expect(try await Self.dump(database) == before)
        }
    }

    @Test("who is disabled while logging on has no session left, whoever comes first")
    func race() async throws {
        let configuration = configuration
        try await withProjection { projection, database in
            let client = Client(configuration: SampleClients.client("sase"))
            try await SampleClients.keep([client.configuration], in: database)
            let grants = GrantStore(database: database, sessions: projection.sessions)
            let principals = PrincipalStore(database: database)
            let key = DirectoryKey("li", isCaseSensitive: false)
            for epoch in Int64(1)...20 {
                _ = try await projection.handle(Self.batch([batch(epoch, 1, [person("Li")])]))
                let principal = try #require(try await principals.find(key, in: configuration.id, .first))
                let end = try Self.batch([batch(epoch, 2, [person("Li", .disabled, isEnabled: false)])])
                async let disabling = projection.handle(end)
                async let logon = grants.begin(principal, client: client)
                _ = try await disabling
                do {
                    _ = try await logon
                } catch let error as GrantStore.NotBegun {
                    #expect(error.reason == .userDisabled)
                }
                let live = try await database.run("select 1 from verifier.sessions where ended_at is null")
                #expect(live.isEmpty)
            }
        }
    }

    @Test("within a batch a later change of a person stands for the earlier ones")
    func folding() throws {
        let changes = [
            try person("a"), try person("b"), try person("a", .updated, name: "new"), try person("b", .deleted),
            try person("c", .disabled, isEnabled: false),
        ]
        let batch = ProjectedBatch(changes, .insensitive)
        #expect(batch.kept.map(\.key) == ["a", "c"])
        #expect(batch.kept.first?.name == "new")
        #expect(batch.deleted == [changes[1].id.uuid])
        #expect(batch.shutOut == [changes[1].id.uuid, changes[4].id.uuid])
    }

    private func withProjection(_ body: (PrincipalProjection, Database) async throws -> Void) async throws {
        try await ProjectionBench.run(configuration) { try await body($0.projection, $0.database) }
    }

    private func person(
        _ userID: String,
        _ kind: DirectoryChanges.Kind = .created,
        isEnabled: Bool = true,
        name: String = "张三"
    ) throws -> DirectoryChanges.UserChange {
        try Bench.person(userID, in: configuration, kind: kind, isEnabled: isEnabled, name: name)
    }

    private func batch(
        _ epoch: Int64,
        _ sequence: Int64,
        _ users: [DirectoryChanges.UserChange],
        offset: Int64 = 0,
        value: [UInt8]? = nil
    ) throws -> Record {
        try TestChange(epoch: epoch, sequence: sequence, users: users)
            .record(configuration, offset: offset, value: value)
    }

    private static func batch(_ records: [Record]) -> PartitionBatch { ProjectionBench.batch(records) }

    /// The whole table, in order.
    private static func dump(_ database: Database) async throws -> [String] {
        try await database.run("select principals::text from verifier.principals order by 1")
            .map { try $0.decode(String.self) }
    }
}
