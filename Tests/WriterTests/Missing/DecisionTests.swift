import Messages
import Testing

@testable import Writer

/// Somebody decides about what is held, by runs that go the way of all runs (architecture.md §3.6).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct DecisionTests {
    /// Forty people, of whom the last ten are gone, and held by the second run.
    func withHeld(
        scope: SynchronizationScope = .all,
        limits: SafetyLimits = SafetyLimits(),
        _ body: @Sendable (inout Story) async throws -> Void
    ) async throws {
        try await Story.with(limits: limits, scope: scope) { story in
            try await story.run(people(0..<40))
            let finished = try await story.run(people(0..<30), gone: users(30..<40))
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users.held == 10)
            try await body(&story)
        }
    }

    @Test("an approval asks once more, and takes those who are still gone, without limit")
    func approves() async throws {
        try await withHeld { story in
            let finished = try await story.decide(.apply) { log, run in
                try log.answer(run, absent: users(31..<40), present: people([30]))
            }
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, present: 1, removed: 9))
            #expect(try await story.asked().last?.objects == users(30..<40))
            #expect(try await story.present().count == 31)
            #expect(try await story.removals().allSatisfy { $0.hasSuffix(" leftCompany") })
            #expect(try await story.missing().isEmpty)
            let next = try await story.run(people(0..<31))
            #expect(next?.outcome == .succeeded)
        }
    }

    @Test("only those who were chosen are taken, the others stay held")
    func chosen() async throws {
        try await withHeld { story in
            let chosen = [DirectoryObject.user("U30"), .user("u31"), .user("stranger")]
            let finished = try await story.decide(.apply, chosen, gone: users([30, 31]))
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, removed: 2))
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.stillHeld == 8)
            #expect(try await story.missing().values.count { $0.state == .held } == 8)
            #expect(try await story.run(people(0..<30))?.outcome == .held)
        }
    }

    @Test("what was held by later runs nobody has seen when they decided, though it was missing before")
    func upTo() async throws {
        try await Story.with { story in
            try await story.run(people(0..<60), departments: [1, 2])
            try await story.run(people(0..<50)) { log, run in
                try log.answer(run, absent: users(51..<60) + [.department(2)], present: people([50], in: [7]))
            }
            try await story.run(people(0..<40)) { try $0.answer($1, absent: users(40..<51)) }
            let held = try await story.missing()
            #expect(held.values.count { $0.heldSince?.epoch == Epoch(rawValue: 2) } == 9)
            #expect(held.values.count { $0.heldSince?.epoch == Epoch(rawValue: 3) } == 11)
            let finished = try await story.decide(.apply, upTo: 2, gone: users(51..<60))
            #expect(finished?.counts.users.removed == 9)
            #expect(try await story.missing().count == 11)
        }
    }

    @Test("of whom nothing is learnt when it is approved is still to be decided about")
    func unknown() async throws {
        try await withHeld { story in
            let finished = try await story.decide(.apply) { try $0.answer($1, unknown: users(30..<40)) }
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, held: 10))
            #expect(try await story.present().count == 40)
            #expect(try await story.missing().values.allSatisfy { $0.heldSince?.epoch == Epoch(rawValue: 2) })
        }
    }

    @Test(
        "nothing is lost of an approval that ends before all is answered: it can be given again",
        arguments: [true, false]
    )
    func aborted(isSuperseded: Bool) async throws {
        try await withHeld { story in
            let before = try await story.missing()
            let approval = try await story.decide(.apply) { log, run in
                if !isSuperseded { try log.append(RunAborted(outcome: .cancelled, reason: "no"), of: run) }
            }
            #expect(approval?.outcome == (isSuperseded ? nil : .cancelled))
            if isSuperseded { #expect(try await story.run(people(0..<30))?.outcome == .held) }
            #expect(try await story.missing() == before)
            let again = try await story.decide(.apply, upTo: 2, gone: users(30..<40))
            #expect(again?.counts.users == RunCounts.Objects(seen: 0, removed: 10))
        }
    }

    @Test("whom no answer to an approval names is still held")
    func unnamed() async throws {
        try await withHeld { story in
            let finished = try await story.decide(.apply, gone: users(30..<39))
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, removed: 9, held: 1))
            #expect(try await story.missing()["u39"]?.heldSince?.epoch == Epoch(rawValue: 2))
        }
    }

    @Test("an approval asks for other witnesses each time: one who has left voids no more than one")
    func witnesses() async throws {
        try await withHeld { story in
            for _ in 0..<6 { _ = try await story.decide(.apply) { try $0.answer($1, unknown: users(30..<40)) } }
            let asked = try await story.asked().suffix(6)
            #expect(asked.allSatisfy { $0.witnesses.count == 2 && Set($0.witnesses).isDisjoint(with: users(30..<40)) })
            #expect(Set(asked.map(\.witnesses)).count > 1)
        }
    }

    @Test("an approval takes nobody on a word that cannot be relied on", arguments: [true, false])
    func doubtful(hasRange: Bool) async throws {
        try await withHeld { story in
            let finished = try await story.decide(.apply) { log, run in
                try log.answer(
                    run,
                    absent: users(30..<40),
                    witnesses: hasRange ? [.present, .absent] : [.present, .present],
                    range: hasRange ? .zero : ContentDigest(of: "other")
                )
            }
            #expect(finished?.outcome == .held)
            #expect(try await story.present().count == 40)
        }
    }

    @Test("who is protected by now is not taken, though somebody approved it")
    func protected() async throws {
        try await withHeld { story in
            var run = story.next(.apply)
            run.selection = HeldSelection(upTo: Epoch(rawValue: 2))
            run.terms = story.source.terms
            run.terms?.safetyLimits.protectedUsers = ["U33"]
            try await story.play { try $0.decide(run, gone: users(30..<40)) }
            #expect(try await story.present().count == 31)
            #expect(try await story.present().contains("u33"))
        }
    }

    @Test("those who left the scope are taken by an approval, too")
    func leftScope() async throws {
        try await Story.with(scope: .departments([1])) { story in
            try await story.run(people(0..<40))
            let moved = people(30..<40, in: [9])
            let run = try await story.run(people(0..<30)) { try $0.answer($1, present: moved, inScope: false) }
            #expect(run?.outcome == .held)
            let doubtful = try await story.decide(.apply) { try $0.answer($1, present: moved) }
            #expect(doubtful?.counts.users == RunCounts.Objects(seen: 0, held: 10))
            let finished = try await story.decide(.apply) { try $0.answer($1, present: moved, inScope: false) }
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, removed: 10))
            #expect(try await story.removals().allSatisfy { $0.hasSuffix(" leftScope kept") })
        }
    }

    @Test("what is rejected stays, and is not asked for again until range or scope change")
    func rejects() async throws {
        try await withHeld { story in
            let finished = try await story.decide(.reject, [.user("u30")])
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, held: 1))
            #expect(finished?.stillHeld == 9)
            let rest = try await story.decide(.reject)
            #expect(rest?.counts.users.held == 9)
            #expect(rest?.stillHeld == 0)
            let asked = try await story.asked().count
            let again = try await story.run(people(0..<30))
            #expect(again?.outcome == .succeeded)
            #expect(again?.counts.users == RunCounts.Objects(seen: 30, unchanged: 30, held: 10))
            #expect(try await story.asked().count == asked)
            #expect(try await story.run(people(0..<30), range: ContentDigest(of: "other")) == nil)
        }
    }

    @Test("every run's end says how many are held, also of one that says nothing of them")
    func stillHeld() async throws {
        try await withHeld { story in
            #expect(try await story.world.finished(story.source).map(\.stillHeld) == [0, 10])
            let (lost, aborted) = (story.next(), story.next())
            var said = manifest([1], people(0..<30).map(\.externalID))
            said.distinctUsers += 1
            try await story.play { log in
                try log.append(lost, departments: [department(1)], users: people(0..<30), manifest: said)
                try log.start(aborted)
                try log.append(RunAborted(outcome: .failed, reason: "no"), of: aborted)
            }
            let ends = try await story.world.finished(story.source).suffix(2)
            #expect(ends.map(\.outcome) == [.partial, .failed])
            #expect(ends.map(\.stillHeld) == [10, 10])
            #expect(try await story.run(people(0..<40))?.stillHeld == 0)
        }
    }

    @Test("what is held holds up nothing else: others change, come and go meanwhile")
    func meanwhile() async throws {
        try await withHeld { story in
            let users = [person("u00", name: "New"), person("v00")] + people(1..<29)
            let finished = try #require(try await story.run(users, gone: WriterTests.users([29])))
            #expect(finished.outcome == .held)
            #expect(
                finished.counts.users
                    == RunCounts.Objects(seen: 30, created: 1, updated: 1, unchanged: 28, removed: 1, held: 10)
            )
            #expect(try await story.removals() == ["u29 leftCompany"])
        }
    }

    @Test("who is held and seen again is held no longer")
    func seen() async throws {
        try await withHeld { story in
            let finished = try await story.run(people(0..<39))
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users.held == 1)
            #expect(try await story.missing().keys.sorted() == ["u39"])
            #expect(try await story.run(people(0..<40))?.outcome == .succeeded)
        }
    }

    @Test("a decision that finds nothing held ends at once", arguments: [RunSync.Kind.apply, .reject])
    func nothing(kind: RunSync.Kind) async throws {
        try await Story.with { story in
            try await story.run(people(0..<4))
            let finished = try await story.decide(kind)
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts == RunCounts())
            #expect(try await story.asked().isEmpty)
        }
    }
}
