import Messages
import Postgres
import Testing

@testable import Writer

/// A person whose user id changed stays the same person (architecture.md §3.5, `wecom.md` §8 #7 and #9).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RenamingTests {
    let old = person("old", name: "Ann", mobile: "1")
    let new = person("new", name: "Ann", mobile: "1")
    let rest = [person("bob"), person("cid"), person("dot")]

    /// A run that reads what an event told of: that `old` is `new` by now.
    func hear(
        _ story: inout Story,
        showing users: [UserRecord],
        absent: [DirectoryObject] = [.user("old")],
        answering answer: (inout RunLog, RunLog.Run) throws -> Void
    ) async throws -> RunFinished? {
        var run = story.next(.objects)
        run.target = RunTarget(users: ["old", "new"], toldRenamed: [RunTarget.Renaming(from: "old", to: "new")])
        try await story.play { log in
            try log.start(run)
            try log.append(UserBatch(page: 1, users: users), of: run)
            var said = manifest([], users.map(\.externalID), pages: 1)
            said.findings = users.map { Finding(.user($0.externalID), .present) } + absent.map { Finding($0, .absent) }
            try log.append(RunMapped(manifest: said), of: run)
            try answer(&log, run)
        }
        return try await story.end(of: run)
    }

    func ids(_ story: Story) async throws -> [String: UserID] {
        try await story.world.users(of: story.source).mapValues(\.id)
    }

    @Test("an event's new user id, which WeCom shows while it does not show the old one, is the same person's")
    func event() async throws {
        try await Story.with { story in
            try await story.run([old] + rest)
            let finished = try await hear(&story, showing: [new]) { try $0.answer($1, absent: [.user("old")]) }
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users.removed == 0)
            let ids = try await ids(story)
            #expect(ids.keys.sorted() == ["bob", "cid", "dot", "new"])
            #expect(ids["new"] == story.source.user("old"))
            let memberships = try await story.world.memberships(of: story.source)
            #expect(memberships == ["bob 1", "cid 1", "dot 1", "new 1"])
            let told = try #require(try await story.world.changes(of: story.source).last).users
            #expect(told.map(\.kind) == [.deleted, .updated])
            #expect(told.last?.id == story.source.user("old"))
            #expect(told.last?.externalID == "new")
            let ended1 = try await story.run([new] + rest)
            #expect(ended1?.counts.users == RunCounts.Objects(seen: 4, unchanged: 4))
        }
    }

    @Test("where WeCom still shows the old one, both are people")
    func both() async throws {
        try await Story.with { story in
            try await story.run([old] + rest)
            let finished = try await hear(&story, showing: [old, new], absent: []) { _, _ in }
            #expect(finished?.outcome == .succeeded)
            let ids = try await ids(story)
            #expect(ids["old"] == story.source.user("old"))
            #expect(ids["new"] == story.source.user("new"))
        }
    }

    @Test("where WeCom does not say, it is found out by the next run, whatever that was told")
    func unknown() async throws {
        try await Story.with { story in
            try await story.run([old] + rest)
            let finished = try await hear(&story, showing: [new]) { try $0.answer($1, unknown: [.user("old")]) }
            #expect(finished?.outcome == .partial)
            try await story.run([new] + rest, gone: [.user("old")])
            let ids = try await ids(story)
            #expect(ids.keys.sorted() == ["bob", "cid", "dot", "new"])
            #expect(ids["new"] == story.source.user("old"))
        }
    }

    @Test("an event that names two humans removes one and makes the other")
    func forged() async throws {
        try await Story.with { story in
            try await story.run([old] + rest)
            let stranger = person("new", name: "Eve", mobile: "9")
            _ = try await hear(&story, showing: [stranger]) { try $0.answer($1, absent: [.user("old")]) }
            #expect(try await story.removals() == ["old leftCompany"])
            #expect(try await ids(story)["new"] == story.source.user("new"))
        }
    }

    @Test(
        "who comes under another id without an event is known by what belongs to one person alone",
        arguments: [
            (person("old", name: "Ann", mobile: "1"), person("new", name: "Ann", mobile: "1")),
            (person("old", name: "Ann", email: "a@x"), person("new", name: "Ann", email: "a@x")),
            (person("old", openUserID: "wo1"), person("new", openUserID: "wo1")),
            (person("old", openUserID: "wo1"), person("wo1")),
        ]
    )
    func evidence(before: UserRecord, after: UserRecord) async throws {
        try await Story.with { story in
            try await story.run([before] + rest)
            let finished = try await story.run([after] + rest, gone: [.user("old")])
            #expect(finished?.outcome == .succeeded)
            #expect(
                finished?.counts.users == RunCounts.Objects(seen: 4, updated: 1, unchanged: 3, known: 4, present: 1)
            )
            #expect(try await ids(story)[after.externalID] == story.source.user("old"))
        }
    }

    @Test(
        "who is not known so is removed, and the other one is new",
        arguments: [
            [person("new", name: "Ann", mobile: "2")], [person("new", name: "Eve", mobile: "1")],
            [person("new", name: "Ann", mobile: "1"), person("twin", name: "Ann", mobile: "1")],
            [person("new", name: "Ann")],
        ]
    )
    func noEvidence(come: [UserRecord]) async throws {
        try await Story.with { story in
            try await story.run([old] + rest)
            try await story.run(come + rest, gone: [.user("old")])
            #expect(try await story.removals() == ["old leftCompany"])
            #expect(try await ids(story)["new"] == story.source.user("new"))
        }
    }

    @Test("ids that change in bulk are held, and mapped once somebody agrees; sessions go on")
    func bulk() async throws {
        try await Story.with { story in
            let before = (0..<30).map { person("p\($0)", name: "P\($0)", mobile: "\($0)") }
            let after = (0..<30).map { person("wo\($0)", name: "P\($0)", mobile: "\($0)") }
            try await story.run(before)
            let finished = try await story.run(after)
            #expect(finished?.outcome == .held)
            #expect(try await story.asked().isEmpty)
            let missing = try await story.missing()
            #expect(missing.count == 30)
            #expect(missing.values.allSatisfy { $0.hold == .idsChanged })
            #expect(missing["p7"]?.renamedTo == "wo7")
            #expect(try await story.present().count == 60)
            let gone = (0..<30).map { DirectoryObject.user("p\($0)") }
            // A plain id cannot be asked for where all are encrypted.
            let approval = try await story.decide(.apply) {
                try $0.answer($1, absent: Array(gone[..<20]), unknown: Array(gone[20...]))
            }
            #expect(approval?.outcome == .succeeded)
            #expect(approval?.counts.users.removed == 0)
            let ids = try await ids(story)
            #expect(ids.count == 30)
            #expect((0..<30).allSatisfy { ids["wo\($0)"] == story.source.user("p\($0)") })
            let ended2 = try await story.run(after)
            #expect(ended2?.counts.users == RunCounts.Objects(seen: 30, unchanged: 30))
            let told = try await story.world.changes(of: story.source).flatMap(\.users)
            #expect(!told.contains { $0.kind == .disabled })
        }
    }

    @Test("of many who are missing, those with other ids are held as such, and the others are judged as always")
    func mixed() async throws {
        try await Story.with { story in
            let before = (0..<40).map { person("p\($0)", name: "P\($0)", mobile: "\($0)") }
            let after = (0..<8).map { person("wo\($0)", name: "P\($0)", mobile: "\($0)") } + before[8..<38]
            try await story.run(before)
            let finished = try await story.run(after, gone: [.user("p38"), .user("p39")])
            #expect(finished?.outcome == .held)
            #expect(try await story.removals() == ["p38 leftCompany", "p39 leftCompany"])
            #expect(try await story.missing().values.filter { $0.hold == .idsChanged }.count == 8)
        }
    }

    @Test("another human who gets the old user id gets an id of their own")
    func oldIDAgain() async throws {
        try await Story.with { story in
            try await story.run([old] + rest)
            try await story.run([new] + rest, gone: [.user("old")])
            let stranger = person("old", name: "Eve", mobile: "9")
            let ended3 = try await story.run([new, stranger] + rest)
            #expect(ended3?.outcome == .succeeded)
            let ids = try await ids(story)
            #expect(ids["new"] == story.source.user("old"))
            #expect(ids["old"] != story.source.user("old"))
            #expect(ids["old"] != nil)
        }
    }
}
