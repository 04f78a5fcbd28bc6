import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct LostRecordTests {
    private let configuration: IdentityProviderConfiguration

    init() throws { configuration = try Bench.identityProvider() }

    @Test("a record that cannot be read is passed over with its letter and its gap, and the others are applied")
    func unreadable() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let records = [
                try record(1, ["li"], offset: 0), try record(2, ["wang"], offset: 1, value: Array("{}".utf8)),
                try record(3, ["zhao"], offset: 2),
            ]
            let rejections = try await bench.projection.handle(ProjectionBench.batch(records))
            #expect(rejections.isEmpty)
            #expect(try await bench.people() == ["li 张三", "zhao 张三"])
            #expect(try await letters(bench.database) == ["directory.changes.v1.auth-verifier.dead 1"])
            #expect(try await bench.gap() != nil)
        }
    }

    @Test("the letter of a record that cannot be read is not there without what stands beside it in its batch")
    func oneTransaction() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.database.run("alter table verifier.principals rename column name to title")
            let records = [
                try record(1, ["li"], offset: 0, value: Array("{}".utf8)), try record(2, ["wang"], offset: 1),
            ]
            await #expect(throws: PostgresError.self) { try await bench.handle(records) }
            #expect(try await letters(bench.database).isEmpty)
        }
    }

    @Test("however many records of a batch are refused, their letters and all others are written in one transaction")
    func manyRefused() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let bad: Set<Int64> = [2, 3, 17, 40, 64]
            let records = try (Int64(1)...64).map { sequence in
                var person = try Bench.person("p\(sequence)", in: configuration)
                if bad.contains(sequence) { person.displayName = "a\u{0}b" }
                return try TestChange(epoch: 1, sequence: sequence, users: [person])
                    .record(configuration, offset: sequence)
            }
            let unreadable = try record(65, ["li"], offset: 65, value: Array("{}".utf8))
            let batch = ProjectionBench.batch(records + [unreadable])
            #expect(try await bench.projection.handle(batch).isEmpty)
            #expect(try await bench.people().count == 59)
            let refused = bad.sorted() + [65]
            #expect(
                try await letters(bench.database) == refused.map { "directory.changes.v1.auth-verifier.dead \($0)" }
            )
            let times = try await bench.database.run("select count(distinct created_at) from verifier.outbox")[0]
                .decode(Int.self)
            #expect(times == 1)
            #expect(try await bench.gap() != nil)
        }
    }

    @Test("a record without any headers goes to the dead letters, too")
    func bare() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let topic = TopicCatalogue.directoryChanges.name
            let bare = Record(position: Position(topic: topic, partition: 0, offset: 3), key: nil, value: [1])
            try await bench.handle([bare])
            #expect(try await letters(bench.database) == ["directory.changes.v1.auth-verifier.dead 3"])
        }
    }

    @Test("what PostgreSQL refuses for good is passed over in one transaction with its letter and its gap")
    func refused() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([record(1, ["li"])])
            let second = try record(2, ["wang"], offset: 1)
            let rejection = Rejection(record: second, reason: "refused")
            let letter = DeadLetters.letter(rejection, stage: PrincipalProjection.stage)
            #expect(try await bench.projection.passOver(rejection, letter: letter))
            #expect(try await letters(bench.database).count == 1)
            #expect(try await bench.gap()?.contains("dead letters") == true)
        }
    }

    @Test("changes in another tenant's name go to the dead letters, and change and void nothing")
    func foreignTenant() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([record(1, ["li"])])
            let before = try await bench.dump()
            var foreign = configuration
            foreign.tenant = .make()
            let users = [try Bench.person("wang", in: configuration)]
            let change = TestChange(epoch: 1, sequence: 2, users: users)
            try await bench.handle([change.record(foreign, offset: 1)])
            #expect(try await bench.dump() == before)
            #expect(try await letters(bench.database) == ["directory.changes.v1.auth-verifier.dead 1"])
            try await bench.handle([record(2, ["zhao"], offset: 2)])
            #expect(try await bench.people().count == 2)
            #expect(try await bench.gap() == nil)
        }
    }

    @Test("a redriven letter counts while nothing after it was applied, and is passed over afterwards")
    func redriven() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([record(1, ["li"])])
            let second = try record(2, ["wang"], offset: 1)
            let rejection = Rejection(record: second, reason: "refused")
            let letter = DeadLetters.letter(rejection, stage: PrincipalProjection.stage)
            _ = try await bench.projection.passOver(rejection, letter: letter)
            try await bench.handle([second])
            #expect(try await bench.people().count == 2)
            try await bench.handle([record(4, ["zhao"], offset: 3)])
            let before = try await bench.dump()
            try await bench.handle([record(3, ["qian"], offset: 4)])
            #expect(try await bench.dump() == before)
        }
    }

    @Test(
        "through the whole stage the one record that PostgreSQL refuses becomes a letter, and those around it are applied",
        .enabled(if: Bench.isAvailable)
    )
    func stage() async throws {
        try await Bench.run { bench in
            let configuration = try Bench.identityProvider()
            var nul = try Bench.person("nul", in: configuration)
            nul.displayName = "a\u{0}b"
            let people = [
                [try Bench.person("li", in: configuration)], [nul], [try Bench.person("zhao", in: configuration)],
            ]
            for (index, users) in people.enumerated() {
                try await bench.send(users, in: configuration, epoch: 1, sequence: Int64(index + 1))
            }
            try await eventually("both others are there") {
                try await bench.wiring.database.run("select from verifier.principals").count == 2
            }
            let topic = TopicCatalogue.directoryChanges.deadLetters(of: PrincipalProjection.stage)
            try await eventually("the letter is there") {
                let letters = try await bench.records(on: topic).compactMap { DeadLetter($0) }
                return letters.map(\.stage) == [PrincipalProjection.stage]
            }
            #expect(
                try await bench.wiring.database.run("select from verifier.projection where gap is not null").count == 1
            )
        }
    }

    @Test(
        "reading goes on where the database stands, also where the group has committed more: it may have been restored"
    )
    func restored() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let partition = TopicPartition(topic: "directory.changes.v1", partition: 0)
            let given = AssignedPartition(partition, committed: 9, high: 9)
            #expect(try await bench.projection.assigned([given]) == [partition: .beginning])
            try await bench.handle([record(1, ["li"], offset: 3)])
            #expect(try await bench.projection.assigned([given]) == [partition: .at(4)])
            let rejection = Rejection(record: try record(2, ["wang"], offset: 4), reason: "refused")
            let letter = DeadLetters.letter(rejection, stage: PrincipalProjection.stage)
            _ = try await bench.projection.passOver(rejection, letter: letter)
            try await bench.handle([record(1, ["li"], offset: 3)])
            #expect(try await bench.projection.assigned([given]) == [partition: .at(5)])
            let anew = AssignedPartition(partition, committed: 9, high: 1, startsAnew: true)
            #expect(try await bench.projection.assigned([anew]) == [partition: .beginning])
            #expect(try await bench.projection.assigned([given]) == [partition: .beginning])
        }
    }

    private func record(
        _ sequence: Int64,
        _ userIDs: [String],
        offset: Int64 = 0,
        value: [UInt8]? = nil
    ) throws -> Record {
        let users = try userIDs.map { try Bench.person($0, in: configuration) }
        return try TestChange(epoch: 1, sequence: sequence, users: users)
            .record(configuration, offset: offset, value: value)
    }

    /// The letters that wait for the relay: their topic, and the offset that they came from.
    private func letters(_ database: Database) async throws -> [String] {
        let statement: SQL = """
            select topic || ' ' || (
                select header ->> 1 from jsonb_array_elements(headers) as header where header ->> 0 = 'dead-offset')
            from verifier.outbox where topic like '%.dead' order by id
            """
        return try await database.run(statement).map { row -> String in try row.decode(String.self) }
    }
}
