import Foundation
import Messages
import Postgres
import Testing

@testable import Writer

/// What a run's report counts is what is told of its objects, one by one, and what it wrote anew as it was.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RunReportTests {
    /// `HISTORY_SEED`, where a failure or another history is to be seen.
    private static let seed = ProcessInfo.processInfo.environment["HISTORY_SEED"].flatMap { UInt64($0) }

    @Test(
        "the report of each run of a random history equals its objects, and those that it wrote anew as they were",
        arguments: [LossLimits.none, LossLimits.people, LossLimits.nobody]
    )
    func equal(limits: LossLimits) async throws {
        let seed = Self.seed ?? 404_689_975
        try await Story.with(limits: SafetyLimits(people: limits, departments: .none)) { story in
            var corp = RandomCorp(seed: seed)
            for _ in 0..<25 {
                corp.change()
                let rejected = corp.users.filter { _ in corp.number(12) == 0 }.map(\.externalID)
                let run = story.next()
                try await read(corp, rejected, run, &story)
                let finished = try #require(try await story.end(of: run), "seed \(seed)")
                let items = try await story.items(run.epoch, limit: 1_000)
                let rewritten = try await rewritten(by: run, story)
                for kind in DirectoryObject.Kind.allCases {
                    let told = items.filter { $0.kind == kind.rawValue }
                    let others = rewritten.count { $0 == kind.rawValue }
                    try #require(
                        Figures(told, rewritten: others) == Figures(finished.counts[kind]),
                        "seed \(seed), run \(run.epoch), \(kind)"
                    )
                }
            }
        }
    }

    /// Of what kind each object is that has a row of the run for its time and digests alone.
    private func rewritten(by run: RunLog.Run, _ story: Story) async throws -> [String] {
        try await story.world.strings(
            "select kind from directory.run_objects where epoch = \(run.epoch) and change = 'updated' and is_as_before"
        )
    }

    private func read(_ corp: RandomCorp, _ rejected: [String], _ run: RunLog.Run, _ story: inout Story) async throws {
        let (names, units) = (Set(corp.users.map(\.externalID)), Set(corp.units.map(\.externalID)))
        let people = try await story.world.users(of: story.source).filter {
            !$0.value.isRemoved && !names.contains($0.key)
        }
        let departments = try await story.world.departments(of: story.source).filter { !units.contains($0) }
        let gone = people.keys.sorted().map { DirectoryObject.user($0) } + departments.map { .department($0) }
        try await story.play { log in
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: corp.units), of: run)
            let refused = rejected.map { RejectedRecord(externalID: $0, reason: "no") }
            let users = corp.users.filter { !rejected.contains($0.externalID) }
            try log.append(UserBatch(page: 2, users: users, rejected: refused), of: run)
            try log.append(RunMapped(manifest: manifest(units.sorted(), names.sorted())), of: run)
            if !gone.isEmpty { try log.answer(run, absent: gone) }
        }
    }

    /// How many were new, other than before, gone, or could not be taken.
    private struct Figures: Equatable {
        let created: Int
        let updated: Int
        let removed: Int
        let rejected: Int

        init(_ counts: RunCounts.Objects) {
            (created, updated) = (counts.created, counts.updated)
            (removed, rejected) = (counts.removed, counts.rejected)
        }

        /// Who is held may be other than before all the same.
        init(_ items: [RunObjectsAnswer.Item], rewritten: Int) {
            func count(_ changes: String...) -> Int { items.count { changes.contains($0.change) } }
            created = count("created")
            let held = items.count { $0.change == "held" && $0.before != nil }
            updated = count("updated", "disabled", "restored") + held + rewritten
            (removed, rejected) = (count("removed"), count("rejected"))
        }
    }
}
