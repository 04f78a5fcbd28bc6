import Failures
import Kafka
import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

extension DirectoryIntake {
    /// Handles records as a stage does: what is refused for good is divided until the one record is found.
    func work(_ records: ArraySlice<Record>) async throws {
        do {
            let rejected = try await handle(PartitionBatch(partition: RunLog.partition, records: Array(records)))
            #expect(rejected.isEmpty)
        } catch  where FailureClass(of: error) == .permanent {
            let middle = records.startIndex + records.count / 2
            guard records.count > 1 else {
                let rejection = Rejection(record: records[records.startIndex], reason: "\(error)")
                let letter = DeadLetters.letter(rejection, stage: Self.stage)
                #expect(try await passOver(rejection, letter: letter))
                return
            }
            try await work(records[..<middle])
            try await work(records[middle...])
        }
    }
}

/// Records that can never be taken in: they are passed over, and nothing else suffers.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RefusedRecordTests {
    /// A run of one page of people, and what is between it and the manifest.
    func run(
        _ source: Source,
        _ users: [UserRecord],
        departments: [DepartmentRecord] = [department(1)],
        epoch: Int64 = 1
    ) throws -> RunLog {
        var log = RunLog()
        try log.append(RunLog.Run(source: source, epoch: epoch), departments: departments, users: users)
        return log
    }

    @Test("a message that cannot be read goes to the dead letters, makes its run partial, and the rest is taken")
    func unreadable() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            log.append(key: source.id.description, value: Array("{".utf8), headers: log.records[1].headers)
            log.append(key: nil, value: nil, headers: [])
            try log.append(UserBatch(page: 3, users: [person("ann")]), of: run)
            try log.append(RunMapped(manifest: manifest([1], ["ann"], pages: 3)), of: run)
            log.append(key: nil, value: [0xFF], headers: [])
            #expect(try await world.assignedIntake().read(log).isEmpty)
            #expect(try await world.letters().count == 3)
            #expect(try await world.users(of: source).keys.sorted() == ["ann"])
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .partial)
            #expect(finished.reasons.count == 1)
            #expect(!finished.isBasis)
            let offsets = try await world.intake().assigned([AssignedPartition(RunLog.partition)])
            #expect(offsets == [RunLog.partition: .at(7)])
        }
    }

    @Test("a letter and the step past its record are in one transaction")
    func together() async throws {
        try await WriterWorld.with { world in
            var log = RunLog()
            log.append(key: nil, value: [0xFF], headers: [])
            let intake = try await world.assignedIntake()
            try await world.database.run("alter table directory.outbox add constraint none check (false) not valid")
            await #expect(throws: (any Error).self) { try await intake.read(log) }
            let offsets: SQL = "select next_offset::text from directory.partition_offsets"
            #expect(try await world.strings(offsets).isEmpty)
            try await world.database.run("alter table directory.outbox drop constraint none")
            try await intake.read(log)
            #expect(try await world.strings(offsets) == ["1"])
            #expect(try await world.letters().count == 1)
        }
    }

    @Test(
        "somebody whom the database refuses is rejected, everybody else of the page is written",
        arguments: [0, 3, 6]
    )
    func people(place: Int) async throws {
        let long = String((0..<9_000).map { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement()! })
        for bad in [person("nul", name: "a\0b"), person(long)] {
            try await WriterWorld.with { world in
                let source = Source()
                var users = (0..<6).map { person("u\($0)") }
                users.insert(bad, at: place)
                var log = try run(source, users)
                try log.append(
                    RunLog.Run(source: source, epoch: 2),
                    users: (0..<4).map { person("u\($0)") },
                    gone: [.user("u4"), .user("u5")]
                )
                try await world.assignedIntake().work(log.records[...])
                #expect(try await world.users(of: source).keys.sorted() == (0..<6).map { "u\($0)" })
                let finished = try await world.finished(source)
                #expect(finished.map(\.outcome) == [.partial, .succeeded])
                #expect(finished[0].counts.users == RunCounts.Objects(seen: 7, created: 6, rejected: 1))
                #expect(!finished[0].isBasis)
                #expect(finished[1].counts.users.removed == 2)
                #expect(try await world.letters().count == 1)
            }
        }
    }

    @Test("whatever a record's key and headers are, there is a letter of it")
    func oddities() async throws {
        try await WriterWorld.with { world in
            var log = RunLog()
            let odd = [Header("n\u{1}", bytes: [0, 0xFF]), Header("", bytes: nil)]
            log.append(key: "a\0b", value: [0xFF], headers: odd)
            log.append(key: nil, value: nil, headers: (0..<60_000).map { Header("h\($0)", "") })
            log.append(key: nil, value: Array(repeating: 7, count: 995_000), headers: [Header("h", "x")])
            try await world.assignedIntake().read(log)
            #expect(try await world.letters().count == 3)
        }
    }

    @Test("somebody of whom no message could tell is rejected")
    func untellable() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let users = [person("ann"), person("big", name: String(repeating: "n", count: 1_100_000)), person("cid")]
            try await world.assignedIntake().work(try run(source, users).records[...])
            #expect(try await world.users(of: source).keys.sorted() == ["ann", "cid"])
            #expect(try await world.finished(source).first?.counts.users.rejected == 1)
        }
    }

    @Test("a page of departments that the database refuses makes its run partial, and no other")
    func departments() async throws {
        try await WriterWorld.with { world in
            let (source, other) = (Source(), Source())
            var log = try run(source, [person("ann")], departments: [department(1), department(2, "a\0b")])
            try log.append(RunLog.Run(source: other), users: [person("ann")])
            try await world.assignedIntake().work(log.records[...])
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .partial)
            #expect(finished.reasons.count == 1)
            #expect(try await world.users(of: source).keys.sorted() == ["ann"])
            #expect(try await world.finished(other).first?.outcome == .succeeded)
        }
    }

    @Test("a beginning that the database refuses is answered, and the run under way goes on")
    func beginning() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let active = RunLog.Run(source: source)
            let bad = RunLog.Run(source: source, epoch: 2)
            var log = RunLog()
            try log.start(active)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: active)
            // Which is no year to PostgreSQL.
            let never = try #require(Timestamp("0000-01-01T00:00:00.000Z"))
            try log.append(
                RunStarted(kind: .full, isDryRun: false, terms: RunTerms(), requestedAt: never),
                of: bad
            )
            try log.append(UserBatch(page: 2, users: [person("ann")]), of: active)
            try log.append(RunMapped(manifest: manifest([1], ["ann"])), of: active)
            try await world.assignedIntake().work(log.records[...])
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.failed, .succeeded])
            #expect(finished.map(\.cause) == [.unreadable, nil])
        }
    }

    @Test("a hundred poisoned records of two tenants leave a third as it would be")
    func crowd() async throws {
        try await WriterWorld.with { world in
            let (good, bad) = (Source(), Source())
            let run = RunLog.Run(source: good)
            let poisoned = RunLog.Run(source: bad)
            var log = RunLog()
            try log.start(poisoned)
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            for page in 1...50 {
                try log.append(UserBatch(page: page, users: [person("u\(page)", name: "\0")]), of: poisoned)
                log.append(key: nil, value: [0xFF], headers: log.records[0].headers)
                try log.append(UserBatch(page: page + 1, users: [person("u\(page)")]), of: run)
            }
            let users = (1...50).map { "u\($0)" }
            try log.append(RunMapped(manifest: manifest([1], users, pages: 51)), of: run)
            try await world.assignedIntake().work(log.records[...])
            #expect(try await world.finished(good).map(\.outcome) == [.succeeded])
            #expect(try await world.users(of: good).count == 50)
            #expect(try await world.users(of: bad).isEmpty)
            #expect(try await world.letters().count == 100)
        }
    }

    @Test(
        "people with a character that PostgreSQL cannot hold cost a batch one more transaction, however many they are"
    )
    func nullCharacters() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            for page in 2...41 {
                let users = [person("u\(page)"), person("bad\(page)", name: "a\0b\\u0000")]
                try log.append(UserBatch(page: page, users: users), of: run)
            }
            // It is taken in as it is, without being divided.
            #expect(try await world.assignedIntake().read(log).isEmpty)
            let letters = try await world.letters()
            #expect(letters.count == 40)
            #expect(try await world.users(of: source).count == 40)
            let times = try await world.strings(
                "select count(distinct created_at)::text from directory.outbox where topic like '%.dead'"
            )
            #expect(times == ["1"])
        }
    }

    @Test(
        "a null character is told from the text that only looks like one",
        arguments: [
            (#"{"a":"\u0000"}"#, true), (#"{"a":"\\u0000"}"#, false), (#"{"a":"\\\u0000"}"#, true),
            (#"{"a":"u0000"}"#, false),
            (#"{"a":"\n\u00001"}"#, true), (#"\"#, false), ("", false),
        ]
    )
    func nullCharacter(json: String, isThere: Bool) {
        #expect(NullCharacter.isIn(Array(json.utf8)) == isThere)
    }
}
