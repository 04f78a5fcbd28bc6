import Foundation
import Messages
import Runtime
import Testing

@testable import Writer

/// How many people there are is counted once, and anew when something changed.
@Suite(.timeLimit(.minutes(5)))
struct DirectoryCountsTests {
    private static let departments = [department(1, "All"), department(2, "Sales", parent: 1)]

    /// What is told of an identity provider.
    private struct Told: Equatable {
        var present: Int
        var removed: Int
        var departments: [Int?]
    }

    private func told(_ reading: DirectoryReading, _ source: Source) async throws -> Told {
        let summary = try #require(try await reading.summary(of: source.id, as: .all))
        let page = try await reading.departments(of: source.id, after: 0, limit: 10, countingPeople: true, as: .all)
        return Told(present: summary.users, removed: summary.disabledUsers, departments: page.items.map(\.people))
    }

    @Test("whoever comes, goes, moves or is deleted counts at the next look, though nothing is counted twice")
    func changes() async throws {
        try await WriterWorld.with { world in
            let (source, other) = (Source(), Source())
            let reading = DirectoryReading(database: world.database, historyDays: 180)
            let intake = try await world.assignedIntake()
            var log = RunLog()
            func run(_ source: Source, _ epoch: Int64, _ people: [UserRecord], gone: [String] = []) async throws {
                let start = log.end
                let run = RunLog.Run(source: source, epoch: epoch)
                let gone = gone.map { DirectoryObject.user($0) }
                try log.append(run, departments: Self.departments, users: people, gone: gone)
                try await intake.read(log, from: start)
            }
            let (ann, bob) = (person("ann"), person("bob", departments: [1, 2]))
            try await run(source, 1, [ann, bob])
            try await run(other, 1, [person("eve", departments: [2])])
            #expect(try await told(reading, source) == Told(present: 2, removed: 0, departments: [2, 1]))
            #expect(try await told(reading, other) == Told(present: 1, removed: 0, departments: [0, 1]))
            let kept = try #require(try await reading.counts(of: source.id, as: .all))
            #expect(kept.people == [1: 2, 2: 1])
            try await run(source, 2, [ann, person("bob", departments: [1]), person("cid", departments: [2])])
            #expect(try await told(reading, source) == Told(present: 3, removed: 0, departments: [2, 1]))
            try await run(source, 3, [ann, person("cid", departments: [2])], gone: ["bob"])
            #expect(try await told(reading, source) == Told(present: 2, removed: 1, departments: [1, 1]))
            #expect(try await told(reading, other) == Told(present: 1, removed: 0, departments: [0, 1]))
        }
    }

    @Test("departments are written by hand as the encoder writes them", arguments: [(1, true), (100, false)])
    func written(limit: Int, counts: Bool) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let reading = DirectoryReading(database: world.database, historyDays: 180)
            var log = RunLog()
            let named = Self.departments + [department(3, "\"三\"\n", parent: 2)]
            try log.append(RunLog.Run(source: source), departments: named, users: [person("ann")])
            try await world.assignedIntake().read(log)
            let page = try await reading.departments(
                of: source.id,
                after: 0,
                limit: limit,
                countingPeople: counts,
                as: .all
            )
            #expect(page.items.count == min(limit, 3) && (page.nextCursor == nil) == (limit > 1))
            let encoded = try JSON(parsing: MessageJSON.encoder.encode(page))
            #expect(try JSON(parsing: Data(page.json)) == encoded)
        }
    }

    @Test("what is kept is for those whose directory it is alone")
    func isolation() async throws {
        try await WriterWorld.with { world in
            let (source, other) = (Source(), Source())
            let reading = DirectoryReading(database: world.database, historyDays: 180)
            var log = RunLog()
            let run = RunLog.Run(source: source)
            try log.append(run, departments: Self.departments, users: [person("ann")])
            try await world.assignedIntake().read(log)
            #expect(try await reading.summary(of: source.id, as: .tenant(source.tenant))?.users == 1)
            #expect(try await reading.summary(of: source.id, as: .tenant(other.tenant)) == nil)
            #expect(try await reading.counts(of: source.id, as: .tenant(other.tenant)) == nil)
        }
    }

    @Test("of many identity providers those are forgotten that nobody asked for longest")
    func bound() async {
        let counts = DirectoryCounts()
        let version = DirectoryCounts.Version(epoch: 1, fence: 1, changeSequence: 1, incarnation: RunID.make().uuid)
        let some = DirectoryCounts.Counts(present: 1, removed: 0, departments: 1, people: [:])
        let ids = (0...200).map { _ in Source().id }
        for id in ids.dropLast() { await counts.keep(some, of: id, at: version) }
        #expect(await counts.counts(of: ids[0], at: version) != nil)
        await counts.keep(some, of: ids[200], at: version)
        #expect(await counts.counts(of: ids[0], at: version) != nil)
        #expect(await counts.counts(of: ids[1], at: version) == nil)
        #expect(await counts.counts(of: ids[200], at: version) != nil)
        let later = DirectoryCounts.Version(epoch: 2, fence: 1, changeSequence: 1, incarnation: version.incarnation)
        #expect(await counts.counts(of: ids[0], at: later) == nil)
    }
}
