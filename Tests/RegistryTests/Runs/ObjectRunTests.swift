import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Runs of single people and departments.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ObjectRunTests {
    private static let zhang: JSON = ["kind": "user", "user": "zhangsan"]
    private static let sales: JSON = ["kind": "department", "department": 7, "includesBelow": true]

    @Test("a run of one person or department tells the fetcher whom to read, and the API shows it")
    func target() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let person = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            #expect(person.status == 202)
            #expect(person["kind"] == "objects")
            #expect(person["target"]["users"] == ["zhangsan"])
            var command = try await registry.lastCommand()
            #expect(command.kind == .objects)
            #expect(command.target == RunTarget(users: ["zhangsan"]))
            #expect(command.terms == (try await registry.configuration()).terms)
            try await registry.finish(person.json)
            let department = try await registry.send(.post, "idps/\(id)/runs", Self.sales)
            command = try await registry.lastCommand()
            #expect(command.target == RunTarget(departments: [7], includesBelow: true))
            #expect(try await registry.run(department.json)["target"]["includesBelow"] == true)
            let audited = try await registry.send(.get, "audit?object=\(department["id"].string ?? "")")["items"][0]
            #expect(audited["details"]["target"]["departments"] == [7])
        }
    }

    @Test("while a run is active, requests for objects gather in one waiting run")
    func gathering() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let active = try await registry.startRun(id)
            let first = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            let second = try await registry.send(.post, "idps/\(id)/runs", Self.sales)
            #expect(first["state"] == "waiting")
            #expect(second["id"] == first["id"])
            try await registry.finish(active)
            let command = try await registry.lastCommand()
            #expect(command.target == RunTarget(users: ["zhangsan"], departments: [7], includesBelow: true))
        }
    }

    @Test("a waiting full run stays full when single objects are asked for, and swallows those that waited before it")
    func swallowing() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let active = try await registry.startRun(id)
            let objects = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            let full = try await registry.send(.post, "idps/\(id)/runs", ["kind": "full"])
            let again = try await registry.send(.post, "idps/\(id)/runs", Self.sales)
            #expect(full["id"] == objects["id"])
            #expect(again["id"] == objects["id"])
            #expect(again["kind"] == "full")
            #expect(again["target"] == .null)
            try await registry.finish(active)
            let command = try await registry.lastCommand()
            #expect(command.kind == .full)
            #expect(command.target == nil)
        }
    }

    @Test("more objects than one run reads become a full run")
    func tooMany() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.startRun(id)
            let provider = try await registry.components.providers.find(id, for: .everywhere)
            let crowd = RunTarget(users: (1...RunTarget.mostObjects).map { "u\($0)" })
            let runs = registry.components.runs
            let gathered = try await registry.components.ledger.change { database in
                try runs.start(asked: .objects(crowd), of: provider, because: .event, on: database)
            }
            #expect(gathered.kind == .objects)
            let more = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            #expect(more["id"].string == gathered.id.description)
            #expect(more["kind"] == "full")
        }
    }

    @Test("where only the structure is synchronised, objects and the structure wait side by side and take turns")
    func besideTheStructure() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["synchronizeUserInformation": false])
            var active = try await registry.startRun(id)
            let person = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            let structure = try await registry.send(.post, "idps/\(id)/runs", ["kind": "departments"])
            #expect([person.status, structure.status] == [202, 202])
            #expect([person["state"], structure["state"]] == ["waiting", "waiting"])
            #expect(try await registry.send(.post, "idps/\(id)/runs", Self.sales)["id"] == person["id"])
            #expect(try await registry.startRun(id)["id"] == structure["id"])
            for next in [person.json, structure.json] {
                try await registry.finish(active)
                #expect(try await registry.lastCommand().run.description == next["id"].string)
                active = next
            }
            try await registry.finish(active)
            #expect(try await registry.count("runs") == 3)
        }
    }

    @Test("where only the structure is synchronised, more objects than one run reads wait in two")
    func tooManyBesideTheStructure() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["synchronizeUserInformation": false])
            let active = try await registry.startRun(id)
            let provider = try await registry.components.providers.find(id, for: .everywhere)
            let crowd = RunTarget(users: (1...RunTarget.mostObjects).map { "u\($0)" })
            let runs = registry.components.runs
            let gathered = try await registry.components.ledger.change { database in
                try runs.start(asked: .objects(crowd), of: provider, because: .event, on: database)
            }
            let more = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            #expect(more.status == 202)
            #expect(more["kind"] == "objects")
            #expect(more["id"].string != gathered.id.description)
            try await registry.finish(active)
            #expect(try await registry.lastCommand().run == gathered.id)
            #expect(try await registry.run(more.json)["state"] == "waiting")
        }
    }

    @Test(
        "the end of a run of the structure is taken though objects wait, and it waits once more behind them",
        arguments: [RunEndCause.epochPassed, .mappingChanged]
    )
    func behindObjects(cause: RunEndCause) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["synchronizeUserInformation": false])
            let active = try await registry.startRun(id)
            let person = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            let end = TestRegistry.end(of: active, .failed, because: cause)
            #expect(try await registry.deliver([try await registry.record(end, of: active)]).isEmpty)
            let ended = try await registry.run(active)
            #expect(ended["state"] == "finished")
            let anew = try await registry.run(["id": ended["restartedAs"]])
            #expect(anew["kind"] == "departments")
            #expect(anew["state"] == "waiting")
            #expect(try await registry.lastCommand().run.description == person["id"].string)
            try await registry.finish(person.json)
            #expect(try await registry.lastCommand().run.description == anew["id"].string)
        }
    }

    @Test("an Idempotency-Key stands for its person: with another one it is refused")
    func keys() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let header = ["Idempotency-Key": "abc-1"]
            let first = try await registry.send(.post, "idps/\(id)/runs", Self.zhang, headers: header)
            let second = try await registry.send(.post, "idps/\(id)/runs", Self.zhang, headers: header)
            let li: JSON = ["kind": "user", "user": "lisi"]
            let other = try await registry.send(.post, "idps/\(id)/runs", li, headers: header)
            #expect(second.status == 200)
            #expect(second["id"] == first["id"])
            #expect(other.problem == "idempotency-key-reused")
        }
    }

    @Test("a run of objects has no basis, and does not void the last full run's")
    func basis() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            let person = try await registry.send(.post, "idps/\(id)/runs", Self.zhang)
            #expect(try await registry.lastCommand().basis == nil)
            try await registry.finish(person.json, .partial)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 1))
        }
    }

    @Test("a run of objects that was kept from its work is started anew for the same objects")
    func restart() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.send(.post, "idps/\(id)/runs", Self.sales)
            try await registry.finish(run.json, .failed, because: .mappingChanged)
            #expect(try await registry.published(TopicCatalogue.commands).count == 2)
            #expect(try await registry.lastCommand().target == RunTarget(departments: [7], includesBelow: true))
        }
    }

    @Test("what a run could not take is kept with it, and lists show its counts alone")
    func reports() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            var counts = RunCounts()
            (counts.users.known, counts.users.missing) = (9, 4)
            (counts.users.present, counts.users.removed, counts.users.unknown, counts.users.held) = (1, 1, 1, 1)
            var end = TestRegistry.end(of: run, .held, counts: counts)
            end.fieldReports = [
                FieldReport(objectKind: .user, field: "gender", kind: .wrongType, count: 2, objects: ["a", "b"])
            ]
            try await registry.deliver([try await registry.record(end, of: run)])
            let shown = try await registry.run(run)
            let report: JSON = [
                "objectKind": "user", "field": "gender", "kind": "wrongType", "count": 2, "objects": ["a", "b"],
            ]
            #expect(shown["fieldReports"] == [report])
            #expect(shown["counts"]["users"]["missing"] == 4)
            #expect(shown["counts"]["users"]["held"] == 1)
            let listed = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            #expect(listed["counts"] == shown["counts"])
            #expect(listed["fieldReports"] == .null)
        }
    }
}
