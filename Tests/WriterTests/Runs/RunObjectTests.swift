import Foundation
import Messages
import Postgres
import Testing

@testable import Writer

/// What a run did to which object is told for as long as the run is kept, whatever later runs do.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RunObjectTests {
    let ann = person("Ann")
    let rest = [person("bob"), person("cid")]

    /// Days from the first run's time until now.
    var today: Double { (Date.now.timeIntervalSince1970 - 1_700_000_000) / 86_400 }

    // MARK: - Records

    @Test("who and what is new is told with the person's id, and costs no row; nor does a run in which nothing changed")
    func created() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest, departments: [1, 2, 10])
            try await story.run([ann] + rest, departments: [1, 2, 10])
            let items = try await story.items(1)
            #expect(
                items.map(\.text) == [
                    "department 1 created", "department 10 created", "department 2 created", "user Ann created",
                    "user bob created", "user cid created",
                ]
            )
            #expect(items.last?.userID == story.source.user("cid").uuid)
            #expect(items.first?.userID == nil)
            #expect(try await story.objects(2).isEmpty)
            #expect(try await story.rowsOfRuns() == 0)
        }
    }

    @Test("who is other than before, switched off, or back is told, and stays told when a later run changes it again")
    func changed() async throws {
        try await Story.with { story in
            let off = person("bob", status: .disabled)
            try await story.run([ann] + rest)
            try await story.run([person("Ann", name: "Anna"), off, person("cid"), person("dot")])
            try await story.run([person("Ann", name: "An"), person("bob"), person("cid"), person("dot")])
            try await story.run([person("Ann", name: "Annie")] + rest + [person("dot", name: "Dot")])
            #expect(
                try await story.objects(1).suffix(3) == ["user Ann created", "user bob created", "user cid created"]
            )
            let second = ["user Ann updated", "user bob disabled", "user dot created"]
            #expect(try await story.objects(2) == second)
            #expect(try await story.items(2).map(\.userID) == ["ann", "bob", "dot"].map { story.source.user($0).uuid })
            #expect(try await story.objects(3) == ["user Ann updated", "user bob restored"])
            #expect(try await story.objects(4) == ["user Ann updated", "user dot updated"])
            #expect(try await story.rowsOfRuns() == 6)
        }
    }

    @Test("a department that is other than before, gone, or back is told")
    func departments() async throws {
        try await Story.with { story in
            try await story.run([ann], departments: [1, 2, 3])
            let second = story.next()
            try await story.play { log in
                try log.append(second, departments: [department(1, "All"), department(2)], users: [ann])
                try log.answer(second, absent: [.department(3)])
            }
            try await story.run([ann], departments: [1, 2, 3])
            #expect(try await story.objects(2) == ["department 1 updated", "department 3 removed"])
            // The first keeps its name, as that is not told any more.
            #expect(try await story.objects(3) == ["department 3 restored"])
        }
    }

    @Test("an object is told once, by what came of it in the end", arguments: [1, 100])
    func once(size: Int64) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest + people(0..<9))
            let run = story.next()
            var log = story.log
            try log.start(run)
            try log.append(
                UserBatch(page: 1, users: [person("Ann", name: "A"), person("bob", name: "B"), person("dot")]),
                of: run
            )
            try log.append(
                UserBatch(
                    page: 2,
                    users: [
                        person("Ann", name: "A", status: .disabled), person("bob", status: .disabled),
                        person("dot", name: "D"), person("cid", status: .disabled),
                    ]
                ),
                of: run
            )
            try log.append(
                UserBatch(page: 3, users: [person("Ann", name: "B", status: .disabled), person("bob", name: "C")]),
                of: run
            )
            try await story.world.intake().readAnew(log, by: size)
            #expect(
                try await story.objects(2) == [
                    "user Ann disabled", "user bob restored", "user cid disabled", "user dot created",
                ]
            )
        }
    }

    @Test("a dry run did nothing to anybody")
    func dryRun() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            var run = story.next()
            run.isDryRun = true
            let dry = run
            try await story.play { log in
                try log.start(dry)
                let rejected = [RejectedRecord(externalID: "cid", reason: "no")]
                try log.append(
                    UserBatch(page: 1, users: [person("bob", name: "B"), person("eve")], rejected: rejected),
                    of: dry
                )
                try log.append(RunMapped(manifest: manifest([], ["bob", "eve", "cid"], pages: 1)), of: dry)
            }
            #expect(try await story.objects(2).isEmpty)
            #expect(try await story.rowsOfRuns() == 0)
        }
    }

    // MARK: - Who could not be taken

    @Test("whose records could not be taken is told, but for who has another one, and for ids that no database holds")
    func rejected() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            let run = story.next()
            try await story.play { log in
                try log.start(run)
                let units = [
                    RejectedRecord(externalID: "7", reason: "no"), RejectedRecord(externalID: "x", reason: "no"),
                ]
                try log.append(DepartmentBatch(page: 1, departments: [department(1)], rejected: units), of: run)
                let names = ["ANN", "bob", "cid", "eve", "\u{0}", String(repeating: "x", count: 4_000), nil]
                let people = names.map { RejectedRecord(externalID: $0, reason: "no") }
                try log.append(UserBatch(page: 2, users: [], rejected: people), of: run)
                try log.append(UserBatch(page: 3, users: [person("bob"), person("cid", name: "C")]), of: run)
            }
            #expect(
                try await story.objects(2) == [
                    "department 7 rejected", "user ANN rejected", "user bob rejected", "user cid updated",
                    "user eve rejected",
                ]
            )
            try await story.play { log in
                let names = ["ann", "bob", "cid", "eve"]
                try log.append(RunMapped(manifest: manifest([1, 7], names, pages: 3)), of: run)
            }
            let items = try await story.items(2)
            #expect(
                items.map(\.text) == [
                    "department 7 rejected", "user ANN rejected", "user cid updated", "user eve rejected",
                ]
            )
            #expect(items.map(\.userID) == [nil, story.source.user("ann").uuid, story.source.user("cid").uuid, nil])
        }
    }

    @Test("who was rejected first and is new by another copy is new", arguments: [1, 100])
    func rejectedFirst(size: Int64) async throws {
        try await Story.with { story in
            var log = story.log
            let run = story.next()
            try log.start(run)
            let people = ["eve", "dot"].map { RejectedRecord(externalID: $0, reason: "no") }
            try log.append(UserBatch(page: 1, users: [], rejected: people), of: run)
            try log.append(UserBatch(page: 2, users: [person("eve")]), of: run)
            try log.append(RunAborted(outcome: .failed, reason: "no"), of: run)
            try await story.world.intake().readAnew(log, by: size)
            #expect(try await story.objects(1) == ["user dot rejected", "user eve created"])
        }
    }

    // MARK: - Who is gone

    @Test("who is gone is told with the reason, and stays told when they are brought back, which is told of that run")
    func removed() async throws {
        try await Story.with { story in
            try await story.run(people(0..<8))
            try await story.run(people(0..<7), gone: users([7]))
            try await story.run(people(0..<6), range: ContentDigest(of: "elsewhere"), gone: users([6]))
            _ = try await story.decide(.undo, upTo: 2)
            try await story.run(people(0..<8))
            #expect(try await story.objects(2) == ["user u07 removed leftCompany"])
            #expect(try await story.objects(3) == ["user u06 removed leftVisibleRange"])
            #expect(try await story.objects(4) == ["user u07 restored"])
            #expect(try await story.objects(5) == ["user u06 restored"])
        }
    }

    @Test("who has moved out of the scope is gone, whatever else was new of them")
    func leftScope() async throws {
        try await Story.with(scope: .departments([1, 2])) { story in
            try await story.run(people(0..<6), departments: [1, 2])
            try await story.run(people(0..<4), departments: [1, 2]) {
                let shown = people([5], in: [9]) + [person("u04", departments: [2])]
                try $0.answer($1, present: shown, inScope: false)
            }
            #expect(try await story.objects(2) == ["user u04 updated", "user u05 removed leftScope"])
        }
    }

    @Test("of another corp's people those with the same id are told as new, the others as gone", arguments: [1, 100])
    func generation(size: Int64) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            var run = story.next()
            run.terms = story.source.terms
            run.terms?.generation = Generation(rawValue: 2)
            var log = story.log
            try log.append(run, departments: [department(1)], users: [person("Ann"), person("eve")])
            try await story.world.intake().readAnew(log, by: size)
            let items = try await story.items(2)
            #expect(
                items.map(\.text) == ["user Ann created", "user bob removed", "user cid removed", "user eve created"]
            )
            #expect(items.first?.userID == story.source.user("ann", Generation(rawValue: 2)).uuid)
            let first = try await story.items(1)
            #expect(first.map(\.text).suffix(3) == ["user Ann created", "user bob created", "user cid created"])
            #expect(first.map(\.userID).contains(story.source.user("ann").uuid))
        }
    }

    @Test("a deletion is told to have taken everybody; of them, nothing is left once that is long ago")
    func deletion() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest, day: today)
            let run = story.next(day: today)
            try await story.play { try $0.append(deletion: run) }
            let gone = ["department 1 removed", "user Ann removed", "user bob removed", "user cid removed"]
            #expect(try await story.objects(2) == gone)
            try await story.world.age(days: 31)
            try await story.world.sweep()
            #expect(try await story.world.users(of: story.source).isEmpty)
            #expect(try await story.objects(2) == gone)
            try await story.world.ageRuns(days: 181)
            try await story.world.sweep()
            #expect(try await story.rowsOfRuns() == 0)
        }
    }

    @Test("who came and went, and is deleted since, is told by id alone, until the runs are forgotten")
    func deleted() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest, departments: [1, 2], day: today)
            try await story.run(rest, day: today, gone: [.user("Ann"), .department(2)])
            try await story.world.age(days: 31)
            try await story.world.sweep()
            #expect(try await story.world.users(of: story.source).count == 2)
            try await story.run([ann] + rest, departments: [1, 2], day: today)
            let first = try await story.items(1)
            let all = ["department 1 created", "department 2 created", "user Ann created"]
            #expect(first.map(\.text).prefix(3) == all[...])
            #expect(first.count == 5)
            #expect(first.map(\.userID).contains(story.source.user("ann").uuid))
            #expect(try await story.objects(2) == ["department 2 removed", "user Ann removed leftCompany"])
            // Whether she is the same person, somebody has to say.
            #expect(try await story.objects(3) == ["department 2 created", "user Ann held reused"])
            try await story.world.ageRuns(days: 181)
            try await story.world.sweep()
            #expect(try await story.world.strings("select epoch::text from directory.runs") == ["3"])
            #expect(try await story.rowsOfRuns() == 0)
            #expect(try await story.world.strings("select object from directory.deleted_objects").isEmpty)
        }
    }
}
