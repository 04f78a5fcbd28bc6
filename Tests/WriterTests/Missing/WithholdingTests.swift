import Messages
import Postgres
import Testing

@testable import Writer

/// Who is disabled in WeCom loses access within the limits, and beyond them once somebody agrees (architecture.md §3.6).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct WithholdingTests {
    /// Ann, disabled and with another name.
    let disabled = person("ann", name: "Anna", status: .disabled)
    let ann = person("ann", name: "Ann")
    let rest = [person("bob"), person("cid"), person("dot")]

    @Test("beyond the limit the status stays, all else is applied, and the next run meets the same")
    func withheld() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            try await story.run([ann] + rest)
            for _ in 1...2 {
                let finished = try #require(try await story.run([disabled] + rest))
                #expect(finished.outcome == .held)
                #expect(finished.reasons == [RunEnd.heldReason(1)])
                #expect(finished.counts.users == RunCounts.Objects(seen: 4, updated: 1, unchanged: 3))
                #expect(!finished.isBasis)
                let stored = try #require(try await story.world.users(of: story.source)["ann"])
                #expect(stored.name == "Anna")
                #expect(stored.status == 1)
                let missing = try await story.missing()
                #expect(missing.mapValues(\.hold) == ["ann": .disabledInWeCom])
                #expect(missing["ann"]?.heldSince?.epoch == Epoch(rawValue: 2))
            }
            #expect(try await story.world.changes(of: story.source).flatMap(\.users).allSatisfy(\.isEnabled))
        }
    }

    @Test("of more than may, as many are disabled as may")
    func some() async throws {
        try await Story.with { story in
            try await story.run(people(0..<40))
            let off = (0..<7).map { person("u0\($0)", status: .disabled) }
            let finished = try await story.run(off + people(7..<40))
            #expect(finished?.outcome == .held)
            #expect(try await story.present().count == 35)
            #expect(try await story.missing().keys.sorted() == ["u05", "u06"])
        }
    }

    @Test("who is disabled uses what those who are missing may")
    func shared() async throws {
        try await Story.with { story in
            try await story.run(people(0..<40))
            let off = (0..<4).map { person("u0\($0)", status: .disabled) }
            let finished = try await story.run(off + people(4..<38), gone: users([38, 39]))
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 38, updated: 4, unchanged: 34, held: 2))
            #expect(try await story.present().count == 36)
        }
    }

    @Test("who is shown by two departments is withheld once, and contradicts nobody")
    func twoDepartments() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            let both = person("ann", departments: [1, 2])
            let pages = [both, person("ann", status: .disabled, departments: [1, 2])].map { ann in
                [1, 2].map { Page(department: $0, people: [ann, person("bob")]) }
            }
            for pages in pages {
                let run = story.next()
                try await story.play { try $0.append(run, travelling: pages) }
            }
            let finished = try #require(try await story.world.finished(story.source).last)
            #expect(finished.outcome == .held)
            #expect(finished.counts.users == RunCounts.Objects(seen: 2, updated: 1, unchanged: 1))
            #expect(finished.fieldReports.isEmpty)
        }
    }

    @Test("a page of somebody withheld is not remembered, nor does one that is as before hide what was applied since")
    func pages() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            let before = Page(department: 1, people: [ann, person("bob")])
            let runs = [story.next(), story.next(), story.next(), story.next()]
            try await story.play { log in
                try log.append(runs[0], travelling: [before])
                try log.append(runs[1], travelling: [Page(department: 1, people: [disabled, person("bob")])])
                try log.append(runs[2], travelling: [], unchanged: [before])
                try log.append(runs[3], travelling: [before])
            }
            let finished = try await story.world.finished(story.source)
            #expect(finished.map(\.outcome) == [.succeeded, .held, .partial, .succeeded])
            let stored = try #require(try await story.world.users(of: story.source)["ann"])
            #expect(stored.name == "Ann")
            #expect(try await story.missing().isEmpty)
            #expect(finished.last?.isBasis == true)
        }
    }

    @Test("who is active again in WeCom is as they were, and nobody has to decide any more")
    func back() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            try await story.run([ann] + rest)
            try await story.run([disabled] + rest)
            let finished = try await story.run([ann] + rest)
            #expect(finished?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.name == "Ann")
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("once somebody agrees, and WeCom still says so, the person is disabled, and that counts as a loss")
    func approved() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            try await story.run([ann] + rest)
            try await story.run([disabled] + rest)
            let finished = try await story.decide(.apply) { try $0.answer($1, present: [disabled]) }
            #expect(finished?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.status == 2)
            #expect(try await story.world.changes(of: story.source).last?.users.map(\.kind) == [.disabled])
            #expect(try await story.world.strings("select object from directory.losses") == ["ann"])
            #expect(try await story.missing().isEmpty)
            let again = try await story.run([disabled] + rest)
            #expect(again?.outcome == .succeeded)
            #expect(again?.counts.users == RunCounts.Objects(seen: 4, unchanged: 4))
        }
    }

    @Test("whose disabling was rejected keeps access without being asked about again, until range or scope change")
    func rejected() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            try await story.run([ann] + rest)
            try await story.run([disabled] + rest)
            #expect(try await story.decide(.reject)?.outcome == .succeeded)
            #expect(try await story.run([disabled] + rest)?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.status == 1)
            #expect(try await story.run([disabled] + rest, range: ContentDigest(of: "other"))?.outcome == .held)
        }
    }

    @Test("whose disabling was rejected keeps access also where more may lose it by now, until range or scope change")
    func rejectedWithinLimits() async throws {
        try await Story.with { story in
            try await story.run(people(0..<40))
            let off = (0..<7).map { person("u0\($0)", status: .disabled) }
            #expect(try await story.run(off + people(7..<40))?.outcome == .held)
            #expect(try await story.decide(.reject)?.outcome == .succeeded)
            for _ in 1...2 {
                let finished = try await story.run(off + people(7..<40))
                #expect(finished?.outcome == .succeeded)
                #expect(finished?.stillHeld == 0)
                #expect(try await story.present().count == 35)
                #expect(try await story.missing().mapValues(\.hold) == ["u05": .rejected, "u06": .rejected])
            }
            let elsewhere = ContentDigest(of: "other")
            #expect(try await story.run(off + people(7..<40), range: elsewhere)?.outcome == .held)
            #expect(try await story.present().count == 35)
        }
    }

    @Test("they keep it in a run of single people, too, and after one that could not take their record")
    func rejectedOtherwise() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest, limits: SafetyLimits(people: .nobody))
            try await story.run([disabled] + rest, limits: SafetyLimits(people: .nobody))
            #expect(try await story.decide(.reject)?.outcome == .succeeded)
            var alone = story.next(.objects)
            alone.target = RunTarget(users: ["ann"])
            let unread = story.next()
            try await story.play { log in
                try log.start(alone)
                try log.append(UserBatch(page: 1, users: [disabled]), of: alone)
                try log.append(RunMapped(manifest: manifest([], ["ann"], pages: 1)), of: alone)
                try log.start(unread)
                try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: unread)
                let refused = [RejectedRecord(externalID: "ann", reason: "no")]
                try log.append(UserBatch(page: 2, users: rest, rejected: refused), of: unread)
                try log.append(RunMapped(manifest: manifest([1], ["ann", "bob", "cid", "dot"])), of: unread)
            }
            #expect(try await story.end(of: unread)?.outcome == .partial)
            #expect(try await story.run([disabled] + rest)?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.status == 1)
            #expect(try await story.missing()["ann"]?.hold == .rejected)
        }
    }

    @Test(
        "by policy, or protected, people keep access, all else is applied, and the next run finds nothing changed",
        arguments: [true, false]
    )
    func kept(byPolicy: Bool) async throws {
        let limits =
            byPolicy
            ? SafetyLimits(policies: LossPolicies(disabledInWeCom: .keep)) : SafetyLimits(protectedUsers: ["ANN"])
        try await Story.with(limits: limits) { story in
            try await story.run([ann] + rest)
            let finished = try await story.run([disabled] + rest)
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 4, updated: 1, unchanged: 3))
            let stored = try #require(try await story.world.users(of: story.source)["ann"])
            #expect((stored.name, stored.status) == ("Anna", 1))
            let again = try await story.run([disabled] + rest)
            #expect(again?.counts.users == RunCounts.Objects(seen: 4, unchanged: 4))
            #expect(try await story.missing().isEmpty)
            let unprotected = try await story.run([disabled] + rest, limits: SafetyLimits())
            #expect(unprotected?.counts.users == RunCounts.Objects(seen: 4, updated: 1, unchanged: 3))
            #expect(try await story.world.users(of: story.source)["ann"]?.status == 2)
        }
    }

    @Test("a protected person who is missing keeps access, and no run waits for them")
    func protected() async throws {
        try await Story.with(limits: SafetyLimits(protectedUsers: ["ANN"])) { story in
            try await story.run([ann] + rest)
            let finished = try await story.run(rest)
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 3, unchanged: 3, held: 1))
            #expect(try await story.asked().isEmpty)
            #expect(try await story.present().contains("ann"))
        }
    }

    @Test("who came with the same run had no access before it, and needs no leave to be disabled")
    func new() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            let run = story.next()
            let pages = [ann, disabled].enumerated().map { Page(department: Int64($0 + 1), people: [$1]) }
            try await story.play { try $0.append(run, travelling: pages) }
            #expect(try await story.end(of: run)?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.status == 2)
        }
    }

    @Test("one of a sample who has moved and is disabled is withheld: nobody knows how many may lose access")
    func ofSample() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            try await story.run([ann] + rest, departments: [1, 2])
            let moved = person("ann", status: .disabled, departments: [2])
            let finished = try await story.run(rest, departments: [1, 2]) { try $0.answer($1, present: [moved]) }
            #expect(finished?.counts.users.present == 1)
            #expect(try await story.world.users(of: story.source)["ann"]?.status == 1)
            #expect(try await story.world.memberships(of: story.source).first == "ann 2")
        }
    }
}
