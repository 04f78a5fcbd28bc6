import Messages
import Testing

@testable import Writer

/// A whole republication and what runs tell are one story: who reads either knows the same.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RepublicationTests {
    /// The last that was told of each person, but for what it was that befell them.
    private func last(of changes: [DirectoryChanges]) -> [UserID: DirectoryChanges.UserChange] {
        var last: [UserID: DirectoryChanges.UserChange] = [:]
        for var user in changes.flatMap(\.users) {
            user.kind = .updated
            last[user.id] = user
        }
        return last
    }

    @Test("everybody is told as their last change told them, be they gone, disabled, moved or back")
    func agreement() async throws {
        try await Story.with { story in
            let (ann, bob) = (person("ann", departments: [2, 1]), person("bob", status: .disabled, departments: [2]))
            let (cid, dot) = (person("cid", departments: [2]), person("dot", departments: [1]))
            try await story.run([ann, bob, cid, dot], departments: [1, 2])
            try await story.run([ann, bob], departments: [1, 2], gone: [.user("cid"), .user("dot")])
            let moved = person("bob", departments: [1, 2])
            try await story.run([ann, moved, dot, person("eve")], departments: [1, 2])
            let told = last(of: try await story.world.changes(of: story.source))
            #expect(told.count == 5 && told.values.contains { !$0.isEnabled && $0.departments.isEmpty })

            #expect(try await story.world.republishing.request(story.source.id) == 1)
            try await story.world.republish()
            let whole = try await story.world.changes(of: story.source).filter { $0.snapshot != nil }
            #expect(last(of: whole) == told)
        }
    }
}
