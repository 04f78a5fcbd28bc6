import Postgres
import PostgresTesting
import Testing

@testable import BackgroundWork

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct FigureTests {
    @Test("a queue tells how many rows wait though it is their turn, and how many were set aside")
    func queue() async throws {
        try await withErrands { database in
            let queue = makeQueue(database, completion: .mark) { _ in }
            #expect(try await queue.figure.look(in: database) == ["waiting": 0, "set aside": 0])
            try await database.add(0..<6)
            try await database.run("update shop.errands set set_aside_at = now() where id < 2")
            try await database.run("update shop.errands set done_at = now() where id = 2")
            try await database.run("update shop.errands set not_before = now() + interval '1 day' where id = 3")
            #expect(try await queue.figure.look(in: database) == ["waiting": 2, "set aside": 2])
        }
    }

    @Test("what the statement does not name is 0, and what nobody expects makes no series")
    func values() async throws {
        try await withErrands { database in
            try await database.add(0..<3)
            let figure = DatabaseFigures.Figure(
                "errands",
                by: "what",
                values: ["1", "7"],
                "select what, count(*) from shop.errands group by what"
            )
            #expect(try await figure.look(in: database) == ["1": 1, "7": 0])
        }
    }
}
