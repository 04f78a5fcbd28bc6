import Messages
import Testing

@testable import Writer

/// People whom the filter leaves out: read, so that the manifest holds, and not to be in the directory.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct FilterTests {
    private let everybody = Page(department: 1, people: people(0..<6))
    private let filtered = Page(department: 1, people: people(0..<5), filtered: ["u05"])

    @Test("who falls under the filter was never there, or is asked for and has left the scope")
    func leaving() async throws {
        try await Story.with { story in
            let strangers = Page(department: 1, people: everybody.people, filtered: ["x1", "x2"])
            let first = try await run([strangers], in: &story)
            #expect(first?.outcome == .succeeded, "\(first?.reasons ?? [])")
            #expect(first?.isBasis == true)
            #expect(try await story.present().count == 6)
            let second = story.next()
            try await story.play { try $0.append(second, travelling: [filtered]) }
            #expect(try await story.end(of: second) == nil)
            #expect(try await story.asked().last?.objects == [.user("u05")])
            try await story.play { try $0.answer(second, filtered: ["u05"]) }
            let finished = try await story.end(of: second)
            #expect(finished?.outcome == .succeeded, "\(finished?.reasons ?? [])")
            #expect(finished?.counts.users.removed == 1)
            #expect(try await story.removals() == ["u05 leftScope kept"])
        }
    }

    @Test("a page with people who are left out need not travel again, and gives them back once the filter does")
    func reuse() async throws {
        try await Story.with { story in
            try await run([everybody], in: &story)
            let second = story.next()
            try await story.play { log in
                try log.append(second, travelling: [filtered])
                try log.answer(second, filtered: ["u05"])
            }
            let third = story.next()
            try await story.play { try $0.append(third, travelling: [], unchanged: [filtered]) }
            let proven = try await story.end(of: third)
            #expect(proven?.outcome == .succeeded, "\(proven?.reasons ?? [])")
            #expect(proven?.counts.users == RunCounts.Objects(seen: 5, unchanged: 5))
            #expect(proven?.isBasis == true)
            let last = try await run([everybody], in: &story)
            #expect(last?.outcome == .succeeded)
            #expect(try await story.present().count == 6)
        }
    }

    @Test("a filter that leaves out more than may lose access is held, though WeCom shows all of them")
    func limits() async throws {
        try await Story.with { story in
            try await run([Page(department: 1, people: people(0..<60))], in: &story)
            let out = people(20..<60).map(\.externalID)
            let second = story.next()
            try await story.play {
                try $0.append(second, travelling: [Page(department: 1, people: people(0..<20), filtered: out)])
            }
            let asked = try #require(try await story.asked().last)
            #expect(asked.objects.count == 20)
            try await story.play { try $0.answer(second, filtered: asked.objects.map(\.externalID), sampled: [.user]) }
            let finished = try await story.end(of: second)
            #expect(finished?.outcome == .held, "\(finished?.reasons ?? [])")
            #expect(try await story.present().count == 60)
        }
    }

    @discardableResult
    private func run(_ pages: [Page], in story: inout Story) async throws -> RunFinished? {
        let run = story.next()
        try await story.play { try $0.append(run, travelling: pages) }
        return try await story.end(of: run)
    }
}
