import Messages
import Postgres
import Testing

@testable import Writer

/// A user id that comes back, or changes, so that another human may have it, waits for somebody's decision
/// (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct ReuseTests {
    let ann = person("ann", name: "Ann", email: "ann@x", mobile: "1")
    let other = person("ann", name: "Anna Other", email: "other@x", mobile: "2")
    let rest = [person("bob"), person("cid"), person("dot")]

    /// A directory with Ann, under whose id somebody else is seen.
    func withReused(_ body: @Sendable (inout Story) async throws -> Void) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            let finished = try await story.run([other] + rest)
            #expect(finished?.outcome == .held)
            #expect(finished?.isBasis == false)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 4, unchanged: 4))
            try await body(&story)
        }
    }

    func id(_ story: Story, _ name: String = "ann") async throws -> UserID? {
        try await story.world.users(of: story.source)[name]?.id
    }

    @Test("another name with another number is not applied, and is held, run for run, as one")
    func held() async throws {
        try await withReused { story in
            let ended1 = try await story.run([other] + rest)
            #expect(ended1?.outcome == .held)
            let stored = try #require(try await story.world.users(of: story.source)["ann"])
            #expect(stored.name == "Ann")
            let missing = try await story.missing()
            #expect(missing.mapValues(\.hold) == ["ann": .reused])
            #expect(missing["ann"]?.heldSince?.epoch == Epoch(rawValue: 2))
            #expect(try await story.asked().isEmpty)
        }
    }

    @Test(
        "who was always there may have a new name and a new number at once; once WeCom told that they are gone, not",
        arguments: [false, true]
    )
    func newNumber(isToldDeleted: Bool) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            let renewed = person("ann", name: "Ann Married", email: "ann@x", mobile: "2")
            var run = story.next(.objects)
            run.target = RunTarget(users: ["ann"], toldDeleted: isToldDeleted ? ["ann"] : [])
            var said = manifest([], ["ann"], pages: 1)
            said.findings = [Finding(.user("ann"), .present)]
            let (reading, end) = (run, said)
            try await story.play { log in
                try log.start(reading)
                try log.append(UserBatch(page: 1, users: [renewed]), of: reading)
                try log.append(RunMapped(manifest: end), of: reading)
            }
            #expect(try await story.end(of: run)?.outcome == (isToldDeleted ? .held : .succeeded))
            // What is held stays so, also where nothing is told any more.
            let next = try await story.run([renewed] + rest)
            #expect(next?.outcome == (isToldDeleted ? .held : .succeeded))
        }
    }

    @Test("once WeCom shows the same human again, nothing is held any more")
    func gaveWay() async throws {
        try await withReused { story in
            let ended2 = try await story.run([ann] + rest)
            #expect(ended2?.outcome == .succeeded)
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("two departments that show the same new human make one who is held, and contradict nobody")
    func twoDepartments() async throws {
        try await Story.with { story in
            for ann in [self.ann, other] {
                let pages = [1, 2].map { Page(department: $0, people: [ann, person("bob")]) }
                let run = story.next()
                try await story.play { try $0.append(run, travelling: pages) }
            }
            let finished = try #require(try await story.world.finished(story.source).last)
            #expect(finished.outcome == .held)
            #expect(finished.counts.users == RunCounts.Objects(seen: 2, unchanged: 2))
            #expect(finished.fieldReports.isEmpty)
        }
    }

    @Test("who is disabled in the same record has no access, and nothing else of it is applied")
    func disabled() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            let off = person("ann", name: "Anna Other", email: "other@x", mobile: "2", status: .disabled)
            let ended3 = try await story.run([off] + rest)
            #expect(ended3?.outcome == .held)
            let stored = try #require(try await story.world.users(of: story.source)["ann"])
            #expect(stored.name == "Ann")
            #expect(stored.status == 2)
            let ended4 = try await story.run([other] + rest)
            #expect(ended4?.outcome == .held)
            #expect(try await story.present() == ["bob", "cid", "dot"])
        }
    }

    @Test("the same person gets the record, and keeps the id")
    func samePerson() async throws {
        try await withReused { story in
            let other = other
            let finished = try await story.decide(.apply, reused: .samePerson) { try $0.answer($1, present: [other]) }
            #expect(finished?.outcome == .succeeded)
            let stored = try #require(try await story.world.users(of: story.source)["ann"])
            #expect(stored.name == "Anna Other")
            #expect(stored.id == story.source.user("ann"))
            #expect(try await story.missing().isEmpty)
            let ended5 = try await story.run([other] + rest)
            #expect(ended5?.outcome == .succeeded)
        }
    }

    @Test("another person begins under a new id, and whoever was there is told to be deleted")
    func anotherPerson() async throws {
        try await withReused { story in
            let other = other
            let finished = try await story.decide(.apply, reused: .anotherPerson) {
                try $0.answer($1, present: [other])
            }
            #expect(finished?.outcome == .succeeded)
            let new = try #require(try await id(story))
            #expect(new != story.source.user("ann"))
            let told = try #require(try await story.world.changes(of: story.source).last).users
            #expect(told.map(\.kind) == [.deleted, .created])
            #expect(told.map(\.id) == [story.source.user("ann"), new])
            let ended6 = try await story.run([other] + rest)
            #expect(ended6?.outcome == .succeeded)
            #expect(try await id(story) == new)
        }
    }

    @Test("an approval that does not say who it is leaves it as it is; so does one of others")
    func undecided() async throws {
        try await withReused { story in
            let ended7 = try await story.decide(.apply)
            #expect(ended7?.outcome == .succeeded)
            _ = try await story.decide(.apply, [.user("bob")], reused: .anotherPerson)
            #expect(try await story.missing().mapValues(\.hold) == ["ann": .reused])
            #expect(try await story.asked().isEmpty)
        }
    }

    @Test("a rejection leaves the person as they were, and holds nothing while nothing changes")
    func rejected() async throws {
        try await withReused { story in
            let ended8 = try await story.decide(.reject)
            #expect(ended8?.outcome == .succeeded)
            let ended9 = try await story.run([other] + rest)
            #expect(ended9?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.name == "Ann")
            #expect(try await story.missing()["ann"]?.state == .kept)
        }
    }

    @Test("what WeCom does not say leaves the decision to be made")
    func unanswered() async throws {
        try await withReused { story in
            let finished = try await story.decide(.apply, reused: .anotherPerson) {
                try $0.answer($1, unknown: [.user("ann")])
            }
            #expect(finished?.outcome == .held)
            #expect(try await story.missing().mapValues(\.hold) == ["ann": .reused])
        }
    }

    @Test("under other rules nobody is who they were, and nobody is held")
    func otherMapping() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            var run = story.next()
            run.terms = story.source.terms
            run.terms?.mapping = MappingNumber(rawValue: 2)
            let (users, said) = ([other] + rest, manifest([1], ["ann", "bob", "cid", "dot"]))
            try await story.play { try $0.append(run, users: users, manifest: said) }
            #expect(try await story.end(of: run)?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.name == "Anna Other")
        }
    }

    @Test("who comes back within the grace period is there again with the same id; another human is held")
    func returning() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run(rest, gone: [.user("ann")])
            let ended10 = try await story.run([other] + rest)
            #expect(ended10?.outcome == .held)
            #expect(try await story.present() == ["bob", "cid", "dot"])
            let ended11 = try await story.run([ann] + rest)
            #expect(ended11?.outcome == .succeeded)
            #expect(try await id(story) == story.source.user("ann"))
            #expect(try await story.present().count == 4)
        }
    }

    @Test(
        "who was gone for longer than the grace period is held, whether their row is there or not",
        arguments: [false, true],
        [ReuseDecision.samePerson, .anotherPerson]
    )
    func longGone(isSwept: Bool, decision: ReuseDecision) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run(rest, gone: [.user("ann")])
            try await story.age(days: 31)
            if isSwept { try await story.world.sweep() }
            #expect(try await story.world.users(of: story.source).count == (isSwept ? 3 : 4))
            let finished = try await story.run([ann] + rest)
            #expect(finished?.outcome == .held)
            #expect(try await story.present() == ["bob", "cid", "dot"])
            #expect(try await story.missing().mapValues(\.hold) == ["ann": .reused])
            let ann = ann
            _ = try await story.decide(.apply, reused: decision) { try $0.answer($1, present: [ann]) }
            #expect(try await story.present().count == 4)
            #expect(try await (id(story) == story.source.user("ann")) == (decision == .samePerson))
            let ended12 = try await story.run([ann] + rest)
            #expect(ended12?.outcome == .succeeded)
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("who left the visible range, and is kept, comes back as themselves however long that took")
    func keptPerson() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run(rest, range: ContentDigest(high: 1, low: 1), gone: [.user("ann")])
            #expect(try await story.removals() == ["ann leftVisibleRange kept"])
            try await story.age(days: 90)
            let ended13 = try await story.run([ann] + rest)
            #expect(ended13?.outcome == .succeeded)
            #expect(try await id(story) == story.source.user("ann"))
        }
    }

    @Test(
        "copies of somebody new that contradict one another hold nobody, whoever has the partition",
        arguments: [false, true]
    )
    func newCopies(isHandedOver: Bool) async throws {
        try await Story.with { story in
            let (run, ann, other) = (story.next(), ann, other)
            try await story.play { log in
                try log.start(run)
                try log.append(DepartmentBatch(page: 1, departments: [department(1), department(2)]), of: run)
                try log.append(Page(department: 1, people: [ann]).batch(2), of: run)
            }
            if isHandedOver { try await story.handOver() }
            try await story.play { log in
                try log.append(Page(department: 2, people: [other]).batch(3), of: run)
                try log.append(RunMapped(manifest: manifest([1, 2], ["ann"], pages: 3)), of: run)
            }
            #expect(try await story.end(of: run)?.outcome == .succeeded)
            #expect(try await story.missing().isEmpty)
            #expect(try await story.world.users(of: story.source)["ann"]?.name == "Anna Other")
        }
    }

    @Test("a hand-over in the middle of a run holds the same people")
    func handOver() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            let run = story.next()
            let (users, said) = ([other] + rest, manifest([1], ["ann", "bob", "cid", "dot"]))
            try await story.play { log in
                try log.start(run)
                try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
                try log.append(UserBatch(page: 2, users: users), of: run)
            }
            try await story.handOver()
            try await story.play { try $0.append(RunMapped(manifest: said), of: run) }
            #expect(try await story.end(of: run)?.outcome == .held)
            #expect(try await story.missing().mapValues(\.hold) == ["ann": .reused])
        }
    }
}

extension Story {
    /// Lets whoever is removed have been removed so many days before the next run.
    func age(days: Int) async throws {
        let time = RunLog.Run(source: source, epoch: 4).time.description
        try await world.database.run(
            """
            update directory.users set removed_at = \(time)::timestamptz - make_interval(days => \(days)::integer)
            where removed_at is not null
            """
        )
    }
}
