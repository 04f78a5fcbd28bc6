import Messages
import Testing

@testable import Writer

/// Somebody approves that those are gone of whom WeCom never says whether they are (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct UnansweredTests {
    /// Has nothing be learnt of `u05` until somebody has to decide.
    func holdUnanswered(_ story: inout Story, code: Int) async throws {
        try await story.run(people(0..<6), day: 0)
        for day in [1.0, 2, 8] {
            try await story.run(people(0..<5), day: day) { try $0.answer($1, unknown: users([5]), code: code) }
        }
        #expect(try await story.missing()["u05"]?.hold == .unanswered)
    }

    @Test("who is held as WeCom refuses them goes once somebody approves it, though it does so again")
    func unansweredApproved() async throws {
        try await Story.with { story in
            try await holdUnanswered(&story, code: 40_003)
            let busy = try await story.decide(.apply) { try $0.answer($1, unknown: users([5])) }
            #expect(busy?.outcome == .held)
            let void = try await story.decide(.apply) {
                try $0.answer($1, unknown: users([5]), code: 40_003, witnesses: [.present, .absent])
            }
            #expect(void?.outcome == .held)
            #expect(try await story.present().count == 6)
            let finished = try await story.decide(.apply) { try $0.answer($1, unknown: users([5]), code: 40_003) }
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, removed: 1))
            #expect(try await story.removals() == ["u05 leftCompany"])
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("who was seen meanwhile does not go by it, be it by a run that lost something", arguments: [true, false])
    func unansweredSeen(isWhole: Bool) async throws {
        try await Story.with { story in
            try await holdUnanswered(&story, code: 40_003)
            let run = story.next()
            var said = manifest([1], people(0..<6).map(\.externalID))
            if !isWhole { said.distinctUsers += 1 }
            try await story.play { log in
                try log.append(run, departments: [department(1)], users: people(0..<6), manifest: said)
            }
            #expect(try await story.end(of: run)?.outcome == (isWhole ? .succeeded : .partial))
            #expect(try await story.missing().isEmpty)
            let finished = try await story.decide(.apply) { try $0.answer($1, unknown: users([5]), code: 40_003) }
            #expect(finished?.counts == RunCounts())
            #expect(try await story.present().count == 6)
        }
    }
}
