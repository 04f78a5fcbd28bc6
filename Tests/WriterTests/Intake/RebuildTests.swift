import Kafka
import Messages
import Postgres
import Testing

@testable import Writer

/// A directory that is rebuilt from the log is byte for byte what it was (architecture.md §4, invariant 2).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RebuildTests {
    /// Runs whose limits, grace, case rule, mapping and corp change from one to the next, of an identity provider that is
    /// deleted in the end, and of one that is not.
    func log() throws -> RunLog {
        let (source, other, third) = (Source(), Source(), Source())
        let people = ["Ann", "bob", "cid", "dot"].map { person($0, name: $0) }
        var log = RunLog()
        var terms = RunTerms(safetyLimits: SafetyLimits(graceDays: 3))
        func run(_ epoch: Int64, of source: Source = source) -> RunLog.Run {
            RunLog.Run(source: source, epoch: epoch, terms: terms)
        }
        try log.append(run(1), users: people)
        try log.append(run(1, of: other), travelling: [Page(department: 1, people: people)])
        try log.append(run(1, of: third), users: people)
        try log.append(run(2, of: third), users: Array(people.prefix(3)))
        try log.answer(run(2, of: third), unknown: [.user("dot")])
        terms.safetyLimits = SafetyLimits(people: LossLimits(perRun: LossLimit(count: 1, percent: 0)), graceDays: 90)
        try log.append(run(2), users: Array(people.prefix(2)), gone: [.user("cid"), .user("dot")])
        terms.safetyLimits = SafetyLimits(people: LossLimits(perRun: LossLimit(count: 0, percent: 50)), graceDays: 1)
        terms.mapping = terms.mapping.next
        try log.append(run(3), users: Array(people.prefix(3)))
        var approval = run(4)
        (approval.kind, approval.selection) = (.apply, HeldSelection(upTo: Epoch(rawValue: 3)))
        try log.decide(approval, gone: [.user("dot")])
        try log.append(run(5), users: [people[0], people[2]], gone: [.user("bob")])
        terms.userIDCase = .sensitive
        try log.append(run(6), users: people + [person("ann")], manifest: caseSensitive(people + [person("ann")]))
        terms.generation = terms.generation.next
        try log.append(run(7), users: [people[1], person("eve")])
        try log.start(run(8))
        try log.append(PageRefused(page: 1, reason: "no"), of: run(8))
        log.append(key: nil, value: [0xFF], headers: log.records[1].headers)
        try log.append(run(2, of: other), travelling: [], unchanged: [Page(department: 1, people: people)])
        try log.append(deletion: run(9))
        try identities(of: Source(), in: &log)
        return log
    }

    /// People who change their ids, and others who get them.
    private func identities(of source: Source, in log: inout RunLog) throws {
        let (ann, bob) = (
            person("ann", name: "Ann", mobile: "1"), person("bob", name: "Bob", email: "b@x", mobile: "2")
        )
        let (new, eve) = (
            person("new", name: "Ann", mobile: "1"), person("bob", name: "Eve", email: "e@x", mobile: "3")
        )
        let stranger = person("ann", name: "Cid", mobile: "4")
        func run(_ epoch: Int64) -> RunLog.Run { RunLog.Run(source: source, epoch: epoch) }
        try log.append(run(1), users: [ann, bob])
        try log.append(run(2), users: [new, eve], gone: [.user("ann")])
        var approval = run(3)
        approval.kind = .apply
        approval.selection = HeldSelection(upTo: Epoch(rawValue: 2), reused: .anotherPerson)
        try log.decide(approval)
        try log.answer(approval, present: [eve])
        try log.append(run(4), users: [new, eve, stranger])
        let fay = person("bob", name: "Fay", email: "f@x", mobile: "5")
        try log.append(run(5), users: [new, stranger, fay])
        let renamed = person("cid", name: "Cid", mobile: "4")
        try log.append(run(6), users: [new, renamed, fay], gone: [.user("ann")])
    }

    private func caseSensitive(_ people: [UserRecord]) -> FetchManifest {
        var said = manifest([1], people.map(\.externalID))
        said.userDigest = people.reduce(.zero) { $0 &+ UserIDCase.sensitive.key(of: $1.externalID).digest }
        return said
    }

    /// All of the directory as text, but for what is on its way and which life it is.
    func dump(_ world: WriterWorld) async throws -> [String] {
        var lines: [String] = []
        for table in [
            "users", "former_users", "departments", "memberships", "pages", "copies", "missing", "losses", "runs",
            "run_objects", "deleted_objects", "partition_offsets",
        ] {
            lines += try await world.rowTexts(table).map { "\(table) \($0)" }
        }
        lines += try await world.strings(
            """
            select (to_jsonb(s) - 'announced' - 'change_sequence')::text from directory.sources s order by 1
            """
        )
        return lines
    }

    @Test(
        "a rebuilt directory is byte for byte what it was, however the terms of its runs changed",
        arguments: [1, 4, 99]
    )
    func rebuild(size: Int64) async throws {
        try await WriterWorld.with { world in
            let log = try log()
            try await world.assignedIntake().read(log)
            let before = try await dump(world)
            #expect(before.contains { $0.contains("\"held\"") })
            #expect(before.contains { $0.contains("\"generation\":2") })
            #expect(before.contains { $0.hasPrefix("missing ") && $0.contains("\"dot\"") })
            #expect(before.contains { $0.hasPrefix("missing ") && $0.contains("\"reused\"") })
            #expect(before.contains { $0.hasPrefix("former_users ") })
            #expect(before.contains { $0.hasPrefix("deleted_objects ") })
            #expect(before.contains { $0.hasPrefix("run_objects ") && $0.contains("\"removed_because\"") })
            try await world.empty()
            #expect(try await dump(world).isEmpty)
            try await world.assignedIntake().read(log, by: size)
            #expect(try await dump(world) == before)
        }
    }
}
