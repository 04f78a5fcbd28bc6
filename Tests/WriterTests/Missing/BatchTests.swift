import Kafka
import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

/// Each batch of answers is taken once, whoever brings it (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct BatchTests {
    @Test("more than 500 are asked for in batches, and the run ends once each is answered, in whatever order")
    func batches() async throws {
        try await Story.with(limits: SafetyLimits(people: .none)) { story in
            try await story.run(people(0..<1_300))
            #expect(try await story.run(people(0..<700)) == nil)
            let asked = try await story.asked()
            #expect(asked.map(\.objects.count) == [500, 100])
            #expect(asked.map(\.batch) == [1, 2])
            #expect(asked.allSatisfy { $0.batches == 2 && $0.witnesses.count == 2 })
            let run = RunLog.Run(source: story.source, id: try await story.lastRun(), epoch: 2)
            var other = run
            other.fence = 7
            try await story.play { log in
                try log.answer(other, absent: asked[1].objects, batch: 2, of: 2)
                try log.answer(run, unknown: asked[1].objects, batch: 2, of: 2)
                try log.answer(other, absent: asked[1].objects, batch: 2, of: 2)
            }
            #expect(try await story.end(of: run) == nil)
            #expect(try await story.present().count == 1_200)
            try await story.play { try $0.answer(run, absent: asked[0].objects, batch: 1, of: 2) }
            let finished = try #require(try await story.end(of: run))
            #expect(finished.outcome == .succeeded)
            #expect(finished.counts.users == RunCounts.Objects(seen: 700, unchanged: 700, removed: 600))
            #expect(try await story.present().count == 700)
        }
    }

    @Test("answers for another run, another epoch, or no batch of the run are passed over")
    func foreign() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let run = story.next()
            let said = manifest([1], people(0..<5).map(\.externalID))
            try await story.play { log in
                try log.append(run, departments: [department(1)], users: people(0..<5), manifest: said)
                var (stranger, older, newer) = (run, run, run)
                (stranger.id, older.epoch, newer.epoch) = (.make(), 1, 3)
                for other in [stranger, older, newer] { try log.answer(other, absent: users([5])) }
                try log.answer(run, absent: users([5]), batch: 0, of: 1)
                try log.answer(run, absent: users([5]), batch: 2, of: 1)
            }
            #expect(try await story.end(of: run) == nil)
            #expect(try await story.present().count == 6)
        }
    }

    @Test("what is answered after the run's end changes nobody")
    func late() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let finished = try await story.run(people(0..<5)) { log, run in
                try log.answer(run, unknown: users([5]))
                try log.answer(run, absent: users([4, 5]))
            }
            #expect(finished?.counts.users.removed == 0)
            #expect(try await story.present().count == 6)
            #expect(try await story.world.finished(story.source).count == 2)
        }
    }

    @Test("who is named without having been missed is answered for, who is not in the directory is not")
    func unmissed() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let finished = try await story.run(people(0..<5)) {
                try $0.answer($1, absent: users([4, 5]) + [.user("stranger"), .department(9)])
            }
            #expect(finished?.counts.users.removed == 2)
            #expect(finished?.counts.departments.removed == 0)
            #expect(try await story.removals() == ["u04 leftVisibleRange kept", "u05 leftCompany"])
            let unknown = try await story.run(people(0..<4)) { try $0.answer($1, unknown: [.user("stranger")]) }
            #expect(unknown?.outcome == .succeeded)
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("whom no answer names stays, and the next run asks for them")
    func unnamed() async throws {
        try await Story.with { story in
            try await story.run(people(0..<8))
            let finished = try await story.run(people(0..<6)) { try $0.answer($1, absent: users([7])) }
            #expect(finished?.outcome == .partial)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 6, unchanged: 6, removed: 1, unknown: 1))
            #expect(try await story.missing().mapValues(\.state) == ["u06": .open])
        }
    }

    @Test("one who is named twice in a batch is answered for once")
    func twice() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let finished = try await story.run(people(0..<5)) {
                try $0.answer($1, absent: users([5]) + users([5]))
            }
            #expect(finished?.counts.users == RunCounts.Objects(seen: 5, unchanged: 5, removed: 1))
        }
    }

    @Test("fields that could not be taken of those who are there stand in the run's report")
    func fieldProblems() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let finished = try await story.run(people(0..<5)) { log, run in
                let problem = FieldProblem(.user("u05"), field: "position", .tooLong)
                try log.append(
                    FindingsMapped(
                        batch: 1,
                        batches: 1,
                        findings: [Finding(.user("u05"), .present)],
                        witnesses: [Finding(.user("u00"), .present)],
                        visibleRangeHash: .zero,
                        users: people([5]),
                        fieldProblems: [problem]
                    ),
                    of: run
                )
            }
            #expect(finished?.fieldReports.map(\.field) == ["position"])
        }
    }

    @Test("answers that cannot be read end the run, and the next one begins")
    func unreadable() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let finished = try await story.run(people(0..<5)) { log, run in
                try log.answer(run, absent: users([5]))
                let headers = log.records[log.records.count - 1].headers
                log.replaceLast(with: Array("{".utf8), headers: headers)
            }
            #expect(finished?.outcome == .failed)
            #expect(finished?.cause == .unreadable)
            #expect(try await story.present().count == 6)
            #expect(try await story.run(people(0..<5), gone: users([5]))?.outcome == .succeeded)
        }
    }
}
