import Messages
import Testing

@testable import Writer

/// Default limits against what they are for (architecture.md §3.6).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct LimitTests {
    @Test(
        "two in a hundred who go each day are caught before a third of all is gone, also by a directory rebuilt later"
    )
    func slowly() async throws {
        try await Story.with { story in
            try await story.run(people(0..<100), day: 0)
            var outcomes: [RunOutcome] = []
            for day in 1...20 {
                let rest = 100 - 2 * day
                let missing = try await story.missing().keys.map { DirectoryObject.user($0) }
                let gone = users(rest..<rest + 2) + missing
                let finished = try await story.run(people(0..<rest), day: Double(day), gone: gone)
                try outcomes.append(#require(finished).outcome)
            }
            #expect(outcomes.prefix(15).allSatisfy { $0 == .succeeded })
            #expect(outcomes.dropFirst(15).allSatisfy { $0 == .held })
            #expect(try await story.present().count == 70)
            let before = try await story.world.content()
            try await story.world.empty()
            try await story.world.intake().readAnew(story.log)
            #expect(try await story.world.content() == before)
        }
    }

    @Test("a third who is gone at once is held whole", arguments: [30, 34])
    func atOnce(gone: Int) async throws {
        try await Story.with { story in
            try await story.run(people(0..<100))
            let sample = users(100 - gone..<120 - gone)
            let finished = try await story.run(people(0..<(100 - gone)), gone: sample)
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users.held == gone)
            #expect(try await story.present().count == 100)
        }
    }

    @Test("exactly as many as may are removed, one more is held with all of them", arguments: [10, 11])
    func exactly(gone: Int) async throws {
        try await Story.with { story in
            try await story.run(people(0..<100))
            let finished = try await story.run(people(0..<(100 - gone)), gone: users(100 - gone..<100))
            #expect(finished?.outcome == (gone == 10 ? .succeeded : .held))
            #expect(try await story.present().count == (gone == 10 ? 90 : 100))
        }
    }

    @Test("who was asked for as one of a sample is held, though a directory built anew would let all of them go")
    func sampleOfTheLog() async throws {
        try await Story.with { story in
            try await story.run(people(0..<100))
            let finished = try await story.run(people(0..<98)) { log, run in
                try log.answer(run, absent: users(98..<100), sampled: [.user])
            }
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users.held == 2)
            #expect(try await story.present().count == 100)
        }
    }

    @Test("who has access again counts no longer")
    func givenBack() async throws {
        let limits = SafetyLimits(people: LossLimits(perWeek: LossLimit(count: 2, percent: 0)))
        try await Story.with(limits: limits) { story in
            try await story.run(people(0..<10), day: 0)
            try await story.run(people(0..<8), day: 1, gone: users([8, 9]))
            #expect(try await story.run(people(0..<7), day: 2, gone: users([7]))?.outcome == .held)
            try await story.run(people(0..<10), day: 3)
            let finished = try await story.run(people(0..<8), day: 4, gone: users([8, 9]))
            #expect(finished?.outcome == .succeeded)
            #expect(try await story.present().count == 8)
        }
    }

    @Test("a window ends as many days after as it is long, by the times the runs were asked for")
    func window() async throws {
        let limits = SafetyLimits(people: LossLimits(perWeek: LossLimit(count: 1, percent: 0)))
        try await Story.with(limits: limits) { story in
            try await story.run(people(0..<10), day: 0)
            try await story.run(people(0..<9), day: 1, gone: users([9]))
            #expect(try await story.run(people(0..<8), day: 7.9, gone: users([8]))?.outcome == .held)
            try await story.run(people(0..<9), day: 7.95)
            #expect(try await story.run(people(0..<8), day: 8, gone: users([8]))?.outcome == .succeeded)
        }
    }

    @Test("of three people one may go, of one nobody", arguments: [(3, 1, RunOutcome.succeeded), (3, 2, .held)])
    func few(present: Int, gone: Int, outcome: RunOutcome) async throws {
        try await Story.with { story in
            try await story.run(people(0..<present))
            let finished = try await story.run(people(0..<(present - gone)), gone: users(present - gone..<present))
            #expect(finished?.outcome == outcome)
        }
    }

    @Test("the limits of a run are those of its terms, as many may go as when it began")
    func terms() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            try await story.run(people(0..<10))
            #expect(try await story.run(people(0..<9), gone: users([9]))?.outcome == .held)
            try await story.run(people(0..<10))
            let finished = try await story.run(people(0..<9), limits: SafetyLimits(), gone: users([9]))
            #expect(finished?.outcome == .succeeded)
        }
    }

    @Test("more than half are never removed by one run, whatever the limits are")
    func half() async throws {
        try await Story.with(limits: SafetyLimits(people: .none)) { story in
            try await story.run(people(0..<20))
            let finished = try await story.run(people(0..<9), gone: users(9..<20))
            #expect(finished?.outcome == .held)
            #expect(try await story.present().count == 20)
        }
    }

    @Test("who comes back under other ids is held: as many came as are missing")
    func otherIDs() async throws {
        try await Story.with(limits: SafetyLimits(people: .none)) { story in
            try await story.run(people(0..<20))
            let renamed = (0..<15).map { person("wo\($0)") }
            let finished = try #require(try await story.run(people(0..<5) + renamed))
            #expect(finished.outcome == .held)
            #expect(finished.counts.users == RunCounts.Objects(seen: 20, created: 15, unchanged: 5, held: 15))
            #expect(try await story.asked().isEmpty)
            #expect(try await story.missing().values.allSatisfy { $0.hold == .idsChanged })
        }
    }

    @Test("that ids are compared otherwise is remembered until a run has said who is missing", arguments: [0, 1, 2])
    func otherCaseLater(lost: Int) async throws {
        try await Story.with { story in
            let people = [person("Ann"), person("Bob"), person("cid")]
            try await story.run(people)
            for number in 0...lost {
                var run = story.next()
                run.terms = story.source.terms
                run.terms?.userIDCase = .sensitive
                var said = manifest([1], people.map(\.externalID))
                said.userDigest = people.reduce(.zero) { $0 &+ UserIDCase.sensitive.key(of: $1.externalID).digest }
                if number < lost { said.distinctUsers += 1 }
                try await story.play { try $0.append(run, users: people, manifest: said) }
            }
            #expect(try await story.asked().isEmpty)
            let missing = try await story.missing()
            #expect(missing.keys.sorted() == ["Ann", "Bob"])
            #expect(missing.values.allSatisfy { $0.hold == .idsChanged })
        }
    }

    @Test(
        "who is known by ids that are compared otherwise is held, also if another writer takes over in between",
        arguments: [1, 3]
    )
    func otherCase(cut: Int64) async throws {
        try await Story.with { story in
            let first = story.next()
            var second = story.next()
            second.terms = story.source.terms
            second.terms?.userIDCase = .sensitive
            try await story.play { try $0.append(first, users: [person("Ann"), person("Bob"), person("cid")]) }
            let people = [person("Ann"), person("Bob"), person("cid")]
            var said = manifest([1], people.map(\.externalID))
            said.userDigest = people.reduce(.zero) { $0 &+ UserIDCase.sensitive.key(of: $1.externalID).digest }
            var log = story.log
            try log.append(second, users: people, manifest: said)
            try await story.world.assignedIntake().read(log, from: 4, upTo: 4 + cut)
            try await story.world.intake().readAnew(log)
            let finished = try #require(try await story.world.finished(story.source).last)
            #expect(finished.outcome == .held)
            #expect(try await story.missing().values.allSatisfy { $0.hold == .idsChanged })
        }
    }
}
