import Messages
import Testing

@testable import Writer

/// Telephone numbers and addresses on `directory.changes.v1`, which are told as the terms of a run say.
///
/// What could go wrong: nobody changed when the terms do, so that no run tells of anybody; and whoever may not log on keeps
/// them in the feed.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct ContactTests {
    @Test("a run with other terms has everybody told anew, with them or without")
    func terms() async throws {
        try await Story.with { story in
            for tells in [false, true, true, false] { try await run(&story, tells: tells) }
            let told = try await story.world.changes(of: story.source).flatMap(\.users)
            #expect(told.map(\.externalID) == ["ann", "ann", "ann"])
            #expect(told.map(\.phoneNumber) == [nil, "13800000000", nil])
        }
    }

    @Test("contact details that were kept back between two runs are told anew, and no others")
    func keptBackMeanwhile() async throws {
        try await Story.with { story in
            for since in [2, 2, 4] as [Int64] {
                try await run(&story, tells: true, since: Revision(rawValue: since))
            }
            let told = try await story.world.changes(of: story.source).flatMap(\.users)
            #expect(told.map(\.phoneNumber) == ["13800000000", "13800000000"])
        }
    }

    /// A run that finds Ann, as ever, by terms that say this of contact details.
    private func run(_ story: inout Story, tells: Bool, since: Revision? = nil) async throws {
        var run = story.next()
        run.terms = story.source.terms
        run.terms?.tellsContactDetails = tells ? true : nil
        run.terms?.contactDetailsSince = since
        let (next, ann) = (run, person("ann", mobile: "13800000000"))
        try await story.play { log in
            try log.append(next, departments: [department(1)], users: [ann], manifest: manifest([1], ["ann"]))
        }
        try await story.world.republish()
    }

    @Test("a run of one person with other terms tells of nobody else; the next one of everybody tells all anew")
    func onePerson() async throws {
        try await Story.with { story in
            let corp = [person("ann", mobile: "13800000000"), person("bob", mobile: "13900000000")]
            try await story.run(corp, departments: [1])
            var (one, all) = (story.next(.objects), story.next())
            one.target = RunTarget(users: ["ann"])
            one.terms = story.source.terms
            one.terms?.tellsContactDetails = true
            all.terms = one.terms
            let (alone, everybody) = (one, all)
            try await story.play { log in
                try log.start(alone)
                let renamed = person("ann", name: "New", mobile: "13800000000")
                try log.append(UserBatch(page: 1, users: [renamed]), of: alone)
                var said = manifest([], ["ann"], pages: 1)
                said.findings = [Finding(.user("ann"), .present)]
                try log.append(RunMapped(manifest: said), of: alone)
            }
            try await story.world.republish()
            let told = try await story.world.changes(of: story.source).flatMap(\.users)
            #expect(told.map(\.externalID) == ["ann", "bob", "ann"])
            #expect(told.map(\.phoneNumber) == [nil, nil, "13800000000"])
            let renamed = person("ann", name: "New", mobile: "13800000000")
            try await story.play { log in try log.append(everybody, users: [renamed, corp[1]]) }
            try await story.world.republish()
            let last = try await story.world.changes(of: story.source).flatMap(\.users).suffix(2)
            #expect(last.map(\.phoneNumber) == ["13800000000", "13900000000"])
        }
    }
}
