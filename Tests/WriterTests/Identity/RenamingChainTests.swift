import Messages
import Postgres
import Testing

@testable import Writer

/// A person keeps the id over several new user ids, and over runs that did not say enough (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RenamingChainTests {
    let rest = [person("bob"), person("cid"), person("dot")]

    func ann(_ id: String, departments: [Int64] = [1]) -> UserRecord {
        person(id, name: "Ann", mobile: "1", departments: departments)
    }

    /// A run that reads what events told of: that Ann's user ids followed each other.
    func hear(
        _ story: inout Story,
        _ told: [String],
        showing users: [UserRecord],
        answering answer: (inout RunLog, RunLog.Run) throws -> Void
    ) async throws {
        var run = story.next(.objects)
        run.target = RunTarget(
            users: told,
            toldRenamed: zip(told, told.dropFirst()).map { RunTarget.Renaming(from: $0, to: $1) }
        )
        let absent = told.filter { id in !users.contains { $0.externalID == id } }
        try await story.play { log in
            try log.start(run)
            try log.append(UserBatch(page: 1, users: users), of: run)
            var said = manifest([], users.map(\.externalID), pages: 1)
            said.findings =
                users.map { Finding(.user($0.externalID), .present) } + absent.map { Finding(.user($0), .absent) }
            try log.append(RunMapped(manifest: said), of: run)
            try answer(&log, run)
        }
    }

    func ids(_ story: Story) async throws -> [String: UserID] {
        try await story.world.users(of: story.source).mapValues(\.id)
    }

    @Test("two changes before anything is read come to one")
    func twoTold() async throws {
        try await Story.with { story in
            try await story.run([ann("a")] + rest)
            try await hear(&story, ["a", "b", "c"], showing: [ann("c")]) { try $0.answer($1, absent: [.user("a")]) }
            let ids = try await ids(story)
            #expect(ids.keys.sorted() == ["bob", "c", "cid", "dot"])
            #expect(ids["c"] == story.source.user("a"))
        }
    }

    @Test("two changes that are found out at once leave the first id, and tell of every other that it is gone")
    func twoAtOnce() async throws {
        try await Story.with { story in
            try await story.run([ann("a")] + rest)
            try await hear(&story, ["a", "b"], showing: [ann("b")]) { try $0.answer($1, unknown: [.user("a")]) }
            try await hear(&story, ["a", "b", "c"], showing: [ann("c")]) {
                try $0.answer($1, absent: [.user("a"), .user("b")])
            }
            try await expectFirst(story, "c")
        }
    }

    @Test("a change that is found out after the next one leaves the first id, too")
    func late() async throws {
        try await Story.with { story in
            try await story.run([ann("a")] + rest)
            try await hear(&story, ["a", "b"], showing: [ann("b")]) { try $0.answer($1, unknown: [.user("a")]) }
            try await hear(&story, ["b", "c"], showing: [ann("c")]) { try $0.answer($1, absent: [.user("b")]) }
            try await story.run([ann("c")] + rest, gone: [.user("a")])
            try await expectFirst(story, "c")
        }
    }

    @Test("one after the other, there and back again, the id goes along")
    func thereAndBack() async throws {
        try await Story.with { story in
            try await story.run([ann("a")] + rest)
            for (old, new) in [("a", "b"), ("b", "c"), ("c", "a"), ("a", "b")] {
                try await story.run([ann(new)] + rest, gone: [.user(old)])
                try await expectFirst(story, new)
            }
        }
    }

    /// Expects Ann under the user id, with her first id, and nobody else to have been left with access.
    private func expectFirst(_ story: Story, _ key: String) async throws {
        let stored = try await story.world.users(of: story.source)
        #expect(stored[key]?.id == story.source.user("a"))
        #expect(try await story.present() == [key, "bob", "cid", "dot"].sorted())
        let told = try await story.world.changes(of: story.source).flatMap(\.users)
        let enabled = Dictionary(told.map { ($0.id, $0) }) { $1 }.values.filter(\.isEnabled)
        #expect(enabled.map(\.externalID).sorted() == [key, "bob", "cid", "dot"].sorted())
    }

    @Test("whom WeCom shows under neither id is removed with the ids as they were")
    func neither() async throws {
        try await Story.with { story in
            try await story.run([ann("a")] + rest)
            try await hear(&story, ["a", "b"], showing: [ann("b")]) { try $0.answer($1, unknown: [.user("a")]) }
            try await story.run(rest, gone: [.user("a"), .user("b")])
            let ids = try await ids(story)
            #expect(ids["a"] == story.source.user("a"))
            #expect(ids["b"] == story.source.user("b"))
            #expect(try await story.removals() == ["a leftCompany", "b leftCompany"])
        }
    }

    @Test("whom WeCom still shows, outside the scope, has no other id")
    func outsideScope() async throws {
        try await Story.with(scope: .departments([1])) { story in
            try await story.run([ann("a")] + rest)
            let moved = ann("a", departments: [9])
            try await story.run([ann("b")] + rest) { try $0.answer($1, present: [moved], inScope: false) }
            #expect(try await story.removals() == ["a leftScope kept"])
            #expect(try await ids(story)["b"] == story.source.user("b"))
        }
    }

    @Test("whose new user id was somebody's before waits until that is decided")
    func takenOver() async throws {
        try await Story.with { story in
            let eve = person("b", name: "Eve", mobile: "9")
            try await story.run([ann("a"), eve] + rest)
            try await hear(&story, ["a", "b"], showing: [ann("b")]) { try $0.answer($1, absent: [.user("a")]) }
            #expect(try await story.removals().isEmpty)
            #expect(try await story.missing()["b"]?.hold == .reused)
            let now = ann("b")
            _ = try await story.decide(.apply, reused: .anotherPerson) { try $0.answer($1, present: [now]) }
            try await story.run([now] + rest, gone: [.user("a")])
            try await expectFirst(story, "b")
        }
    }

    @Test("a protected person keeps the id, too")
    func protected() async throws {
        try await Story.with(limits: SafetyLimits(protectedUsers: ["a"])) { story in
            try await story.run([ann("a")] + rest)
            try await story.run([ann("b")] + rest, gone: [.user("a")])
            try await expectFirst(story, "b")
        }
    }

    @Test("who was kept by a policy keeps the id once an event tells of the other one")
    func kept() async throws {
        let limits = SafetyLimits(policies: LossPolicies(leftCompany: .keep))
        try await Story.with(limits: limits) { story in
            try await story.run([ann("a")] + rest)
            try await story.run(rest, gone: [.user("a")])
            #expect(try await story.missing()["a"]?.state == .kept)
            try await hear(&story, ["a", "b"], showing: [ann("b")]) { try $0.answer($1, absent: [.user("a")]) }
            try await expectFirst(story, "b")
        }
    }

    @Test("who came with a run that fell short, or was read alone, is known by the next one", arguments: [false, true])
    func earlier(isRun: Bool) async throws {
        try await Story.with { story in
            try await story.run([ann("a")] + rest)
            if isRun {
                let (run, users) = (story.next(), [ann("b")] + rest)
                let said = manifest([1], users.map(\.externalID) + ["lost"])
                try await story.play { try $0.append(run, users: users, manifest: said) }
                #expect(try await story.end(of: run)?.outcome == .partial)
            } else {
                try await hear(&story, ["b"], showing: [ann("b")]) { _, _ in }
            }
            try await story.run([ann("b")] + rest, gone: [.user("a")])
            try await expectFirst(story, "b")
        }
    }

    @Test("two accounts that were both there before are two, whatever they have in common")
    func twoAccounts() async throws {
        try await Story.with { story in
            try await story.run([ann("a"), ann("b")] + rest)
            try await story.run([ann("b"), person("eve")] + rest, gone: [.user("a")])
            #expect(try await story.removals() == ["a leftCompany"])
            #expect(try await ids(story)["b"] == story.source.user("b"))
        }
    }
}
