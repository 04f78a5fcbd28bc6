import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Whom WeCom does not let the app ask for, two runs have to miss (architecture.md §3.5).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ConfirmationTests {
    @Test(
        "a run that has to be confirmed is followed by one of its kind, a minute after it was asked for and not before"
    )
    func follows() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.endUnconfirmed(try await registry.startRun(id), age: 55)
            try await registry.followUp()
            #expect(try await registry.count("runs") == 1)
            try await registry.age(run, by: 15)
            try await registry.followUp()
            let next = try await registry.run(["id": try await registry.run(run)["restartedAs"]])
            #expect(next["kind"] == "full")
            #expect(next["cause"] == "confirmation")
            #expect(next["state"] == "requested")
            let command = try await registry.lastCommand()
            #expect(command.cause == .confirmation)
            #expect(command.run.description == next["id"].string)
            try await registry.followUp()
            #expect(try await registry.count("runs") == 2)
        }
    }

    @Test("the run that confirms is followed by none, however it ends")
    func once() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.endUnconfirmed(try await registry.startRun(id), age: 90)
            try await registry.followUp()
            let next = try await registry.run(["id": try await registry.run(run)["restartedAs"]])
            try await registry.endUnconfirmed(next, age: 90)
            try await registry.followUp()
            #expect(try await registry.count("runs") == 2)
        }
    }

    @Test("a later full run confirms as well: none follows beside it, and none while another is active")
    func later() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.endUnconfirmed(try await registry.startRun(id), age: 90)
            let person = try await registry.send(.post, "idps/\(id)/runs", ["kind": "user", "user": "a"]).json
            try await registry.followUp()
            #expect(try await registry.count("runs") == 2)
            let full = try await registry.startRun(id)
            try await registry.finish(person)
            try await registry.finish(full)
            try await registry.followUp()
            #expect(try await registry.count("runs") == 3)
        }
    }

    @Test("a run of single people is not confirmed, and neither is one of a closed identity provider")
    func others() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let person = try await registry.send(.post, "idps/\(id)/runs", ["kind": "user", "user": "a"]).json
            try await registry.endUnconfirmed(person, age: 90)
            try await registry.followUp()
            #expect(try await registry.count("runs") == 1)
            try await registry.endUnconfirmed(try await registry.startRun(id), age: 90)
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            try await registry.followUp()
            #expect(try await registry.count("runs") == 2)
        }
    }
}

extension TestRegistry {
    /// Ends a run that was asked for so many seconds ago as the writer does where the app may not ask.
    @discardableResult
    fileprivate func endUnconfirmed(_ run: JSON, age seconds: Int) async throws -> JSON {
        try await finish(run, .partial, because: .confirmationNeeded)
        try await age(run, by: seconds)
        return run
    }

    /// Lets time go by since a run was asked for.
    fileprivate func age(_ run: JSON, by seconds: Int) async throws {
        try await database.run(
            """
            update registry.runs set requested_at = requested_at - make_interval(secs => \(seconds))
            where id = \(run["id"].string)::uuid
            """
        )
    }

    /// Looks for what is due, as every registry does each second.
    fileprivate func followUp() async throws {
        let failures = try #require(try await components.schedule.runOnce())
        #expect(failures.isEmpty, "\(failures)")
    }
}
