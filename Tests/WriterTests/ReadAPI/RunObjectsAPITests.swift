import Foundation
import HTTPTypes
import Messages
import Postgres
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RunObjectsAPITests {
    /// A second run with what is new, other than before, and gone: five departments and nine people.
    func with(_ body: @Sendable (Story, String) async throws -> Void) async throws {
        try await Story.with { story in
            try await story.run(people(0..<8), departments: [1, 2, 3])
            let changed = (0..<4).map { person("u0\($0)", name: "New") }
            let run = story.next()
            try await story.play { log in
                let units = [department(1, "All"), department(2), department(4), department(10)]
                let users = changed + people(4..<7) + people([8, 9, 10, 11])
                try log.append(run, departments: units, users: users)
                try log.answer(run, absent: [.department(3), .user("u07")])
            }
            try await body(story, "runs/\(run.id)/objects")
        }
    }

    @Test("pages of any size show each object once, departments before people", arguments: [1, 2, 3, 7, 100])
    func pages(limit: Int) async throws {
        try await with { story, _ async throws in
            let all = try await story.items(2, limit: limit)
            let departments = ["1 updated", "10 created", "3 removed", "4 created"].map { "department \($0)" }
            let users =
                (0..<4).map { "user u0\($0) updated" } + ["user u07 removed leftCompany"]
                + ["u08", "u09", "u10", "u11"].map { "user \($0) created" }
            #expect(all.map(\.text) == departments + users)
        }
    }

    @Test("only one kind of objects, or what happened to them, is shown where that is asked for")
    func filters() async throws {
        try await with { story, _ async throws in
            let removed = ["department 3 removed", "user u07 removed leftCompany"]
            #expect(try await story.objects(2, "&change=removed") == removed)
            #expect(try await story.objects(2, "&change=removed&kind=user") == [removed[1]])
            #expect(try await story.objects(2, "&kind=department").count == 4)
            #expect(try await story.objects(2, "&kind=user").count == 9)
            #expect(try await story.objects(2, "&change=created").count == 6)
            #expect(try await story.objects(2, "&change=created&kind=department").count == 2)
            #expect(try await story.objects(2, "&change=held").isEmpty)
        }
    }

    @Test("a run is shown to its tenant's key and to one for all tenants, and is not found by any other")
    func isolation() async throws {
        try await with { story, path async throws in
            let (all, own, other) = WriterWorld.readers
            for key in [all, own] {
                #expect(try await story.world.answer(path, of: story.source, key: key).status == .ok)
            }
            #expect(try await story.world.answer(path, of: story.source, key: other).status == .notFound)
            #expect(try await story.world.answer(path, of: story.source, key: "nobody's").status == .unauthorized)
            for unknown in ["runs/\(RunID.make())/objects", "runs/x/objects"] {
                #expect(try await story.world.answer(unknown, of: story.source, key: all).status == .notFound)
            }
            // Also where only the rows of what runs did could tell.
            let reading = DirectoryReading(database: story.world.database, historyDays: 180)
            let seen = try await reading.read(as: .tenant(.make())) { connection in
                try connection.run("select object from directory.run_objects")
            }
            #expect(seen.isEmpty)
            #expect(try await story.rowsOfRuns() == 7)
        }
    }

    @Test(
        "what is asked for amiss is a bad request that says what may be",
        arguments: [
            (
                "change=gone",
                "A change is one of created, updated, disabled, restored, removed, held, rejected, skipped."
            ),
            ("kind=people", "A kind is one of department, user."), ("limit=0", "A page has 1 to 1000 entries."),
            ("cursor=", "Give the nextCursor"), ("cursor=ann", "Give the nextCursor"),
            ("cursor=other:ann", "Give the nextCursor"), ("cursor=department:x", "Give the nextCursor"),
            ("cursor=user:a%00b", "Leave the zero byte out"),
        ]
    )
    func amiss(query: String, message: String) async throws {
        try await with { story, path async throws in
            let answer = try await story.world.answer("\(path)?\(query)", of: story.source)
            #expect(answer.status == .badRequest)
            #expect(String(decoding: answer.bytes, as: UTF8.self).contains(message))
        }
    }
}
