import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct RunTests {
    @Test("a run is accepted, and the fetcher is asked for it with the present revision")
    func start() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let answer = try await registry.send(.post, "idps/\(id)/runs", ["kind": "full"])
            #expect(answer.status == 202)
            #expect(answer["state"] == "requested")
            #expect(answer["kind"] == "full")
            #expect(answer["cause"] == "manual")
            #expect(answer["epoch"] == 1)
            #expect(answer["reasons"] == [])
            #expect(answer["counts"]["users"]["seen"] == 0)
            #expect(answer["progress"]["pages"] == 0)
            let commands = try await registry.published(TopicCatalogue.commands)
            let command = try #require(commands.first)
            let message = try command.decode(RunSync.self)
            #expect(commands.count == 1)
            #expect(command.key == id.description)
            #expect(command.header("ce_runid") == answer["id"].string)
            #expect(command.header("ce_epoch") == "1")
            #expect(message.run.description == answer["id"].string)
            #expect(message.kind == .full)
            #expect(message.cause == .manual)
            #expect(message.configurationRevision.rawValue == 2)
            #expect(message.terms == (try await registry.configuration()).terms)
            #expect(try JSON(parsing: Data(try #require(command.value)))["requestedAt"] == answer["requestedAt"])
        }
    }

    @Test("a run without a kind does what the settings say", arguments: [true, false])
    func usualKind(synchronizesUsers: Bool) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider([
                "synchronizeUserInformation": .boolean(synchronizesUsers)
            ])
            #expect(try await registry.startRun(id)["kind"] == (synchronizesUsers ? "full" : "departments"))
        }
    }

    @Test("a run tells contact details where the settings say so", arguments: [true, nil] as [Bool?])
    func contactDetails(tells: Bool?) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(tells == nil ? [:] : ["tellContactDetails": true])
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().terms.tellsContactDetails == tells)
        }
    }

    @Test("who has contact details kept back and told again has them told since then, also without a run between")
    func contactDetailsAgain() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["tellContactDetails": true])
            #expect(try await registry.configuration().contactDetailsSince == nil)
            for tells in [false, true] {
                try await registry.patch(id, ["tellContactDetails": .boolean(tells), "cycleHours": 2])
                let configuration = try await registry.configuration()
                #expect(configuration.contactDetailsSince == (tells ? configuration.revision : nil))
            }
            try await registry.patch(id, ["tellContactDetails": true, "cycleHours": 3])
            let configuration = try await registry.configuration()
            #expect(try #require(configuration.contactDetailsSince) < configuration.revision)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().terms.contactDetailsSince == configuration.contactDetailsSince)
        }
    }

    @Test("a repeated request with its Idempotency-Key gets the same run, even when it is over")
    func idempotency() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let header = ["Idempotency-Key": "abc-1"]
            let first = try await registry.send(.post, "idps/\(id)/runs", headers: header)
            let second = try await registry.send(.post, "idps/\(id)/runs", headers: header)
            #expect(first.status == 202)
            #expect(second.status == 200)
            #expect(second.json == first.json)
            try await registry.finish(first.json)
            let third = try await registry.send(.post, "idps/\(id)/runs", headers: header)
            #expect(third.status == 200)
            #expect(third["id"] == first["id"])
            #expect(try await registry.count("runs") == 1)
            let reused = try await registry.send(.post, "idps/\(id)/runs", ["kind": "departments"], headers: header)
            #expect(reused.status == 409)
            #expect(reused.problem == "idempotency-key-reused")
        }
    }

    @Test("a key of one identity provider says nothing about another's runs")
    func keysAreApart() async throws {
        try await withRegistry { registry in
            let (one, other) = (try await registry.makeConnectedProvider(), try await registry.makeConnectedProvider())
            let (first, second) = (
                try await registry.startRun(one, key: "k"), try await registry.startRun(other, key: "k")
            )
            #expect(first["id"] != second["id"])
        }
    }

    @Test("an Idempotency-Key that is none is refused", arguments: ["", "a b", String(repeating: "k", count: 201)])
    func badKey(key: String) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let answer = try await registry.send(.post, "idps/\(id)/runs", headers: ["Idempotency-Key": key])
            #expect(answer.status == 400)
            #expect(answer.fields == ["Idempotency-Key"])
        }
    }

    @Test("while a run is active another waits, a further request gets the waiting one, and it starts in its turn")
    func waiting() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let active = try await registry.startRun(id)
            let waiting = try await registry.startRun(id)
            #expect(waiting["state"] == "waiting")
            #expect(waiting["epoch"] == 2)
            #expect(try await registry.startRun(id)["id"] == waiting["id"])
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
            try await registry.patch(id, ["cycleHours": 3])
            try await registry.finish(active)
            #expect(try await registry.run(active)["state"] == "finished")
            #expect(try await registry.run(waiting)["state"] == "requested")
            let commands = try await registry.published(TopicCatalogue.commands)
            let second = try #require(commands.last).decode(RunSync.self)
            #expect(commands.count == 2)
            #expect(second.run.description == waiting["id"].string)
            #expect(second.configurationRevision.rawValue == 3)
        }
    }

    @Test("each replay waits by itself, and keeps nothing else from waiting, nor a run from its end")
    func waitingReplays() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let active = try await registry.startRun(id)
            let path = "idps/\(id)/runs"
            for _ in 0..<2 {
                let replay = try await registry.send(.post, path, ["kind": "replay"])
                #expect(replay.status == 202)
                #expect(replay["state"] == "waiting")
            }
            #expect(try await registry.send(.post, path, ["kind": "full"]).status == 202)
            #expect(try await registry.count("runs") == 4)
            try await registry.finish(active, .failed, because: .mappingChanged)
            #expect(try await registry.run(active)["outcome"] == "failed")
            let states = try await registry.send(.get, path)["items"].array.map { $0["state"] }
            #expect(states == ["waiting", "waiting", "requested", "finished"])
        }
    }

    @Test("a replay is asked for by who operates all tenants: nobody else could carry it out")
    func whoReplays() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let path = "idps/\(try await registry.makeConnectedProvider(in: tenant))/runs"
            let bound = try await registry.makeKey("owner", for: tenant)
            let refused = try await registry.send(.post, path, ["kind": "replay"], key: bound)
            #expect(refused.problem == "bound-to-tenant")
            #expect(try await registry.count("runs") == 0)
            let unbound = try await registry.makeKey("operator")
            let replay = try await registry.send(.post, path, ["kind": "replay"], key: unbound)
            #expect(replay.status == 202)
        }
    }

    @Test("as many replays wait as decisions, and no more")
    func waitingReplaysAreBounded() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.startRun(id)
            for _ in 0..<RunStore.mostWaitingDecisions {
                #expect(try await registry.send(.post, "idps/\(id)/runs", ["kind": "replay"]).status == 202)
            }
            let refused = try await registry.send(.post, "idps/\(id)/runs", ["kind": "replay"])
            #expect(refused.problem == "too-many-decisions")
        }
    }

    @Test("a waiting run of departments is widened when people are asked for")
    func widening() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let active = try await registry.startRun(id)
            let waiting = try await registry.send(.post, "idps/\(id)/runs", ["kind": "departments"])
            #expect(waiting["kind"] == "departments")
            let wider = try await registry.send(.post, "idps/\(id)/runs", ["kind": "full"])
            #expect(wider["id"] == waiting["id"])
            #expect(wider["kind"] == "full")
            try await registry.finish(active)
            let command = try #require(try await registry.published(TopicCatalogue.commands).last)
            #expect(try command.decode(RunSync.self).kind == .full)
        }
    }

    @Test("of many requests at once one is active and one waits")
    func concurrentStarts() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let runs = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<12 {
                    group.addTask { try await registry.startRun(id)["id"].string ?? "" }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(runs).count == 2)
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
        }
    }

    @Test("what is not connected, or closed, starts no run and says what to do")
    func obstacles() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let unconnected = try await registry.send(.post, "idps/\(id)/runs")
            #expect(unconnected.status == 409)
            #expect(unconnected.problem == "not-connected")
            #expect(unconnected["fix"].string?.contains("authorization") == true)
            try await registry.connect(id, corpID: "ww1e933be11645237c")
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            let closed = try await registry.send(.post, "idps/\(id)/runs")
            #expect(closed.status == 409)
            #expect(closed.problem == "idp-closed")
            #expect(try await registry.count("runs") == 0)
        }
    }

    @Test("a kind that is none, and a field that is none, are refused")
    func badBody() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let answer = try await registry.send(.post, "idps/\(id)/runs", ["kind": "some", "colour": true])
            #expect(answer.status == 400)
            #expect(answer.fields == ["kind", "colour"])
        }
    }

    @Test("whoever ends a run or carries out a plan sends an empty object, or nothing", arguments: ["cancel", "apply"])
    func emptyBodies(word: String) async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let path = "runs/\(run["id"].string ?? "")/\(word)"
            let large = "{\"x\":\"" + String(repeating: "a", count: 300_000) + "\"}"
            for (text, type, status) in [
                ("{\"x\":1}", "application/json", 400), ("{", "application/json", 400),
                (large, "application/json", 413),
                ("a=b", "application/x-www-form-urlencoded", 415),
            ] {
                let answer = try await registry.send(.post, path, text: text, headers: ["Content-Type": type])
                #expect(answer.status == status)
            }
        }
    }

    @Test("a waiting run is cancelled at once, an active one as soon as the fetcher says so")
    func cancel() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let (active, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            let cancelled = try await registry.send(.post, "runs/\(waiting["id"].string ?? "")/cancel")
            #expect(cancelled.status == 202)
            #expect(cancelled["state"] == "finished")
            #expect(cancelled["outcome"] == "cancelled")
            #expect(cancelled["reasons"] == ["Cancelled by bootstrap."])
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
            for _ in 0..<2 {
                let asked = try await registry.send(.post, "runs/\(active["id"].string ?? "")/cancel")
                #expect(asked.status == 202)
                #expect(asked["state"] == "requested")
            }
            let commands = try await registry.published(TopicCatalogue.commands)
            #expect(commands.count == 2)
            #expect(try #require(commands.last).decode(CancelRun.self).run.description == active["id"].string)
            try await registry.finish(active, .cancelled)
            #expect(try await registry.run(active)["outcome"] == "cancelled")
            let late = try await registry.send(.post, "runs/\(active["id"].string ?? "")/cancel")
            #expect(late.status == 409)
            #expect(late.problem == "run-finished")
        }
    }

    @Test("a field where none is asked for is refused by its name")
    func needlessField() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)["id"].string ?? ""
            for path in ["runs/\(run)/cancel", "idps/\(id)/authorization"] {
                let answer = try await registry.send(.post, path, ["force": true])
                #expect(answer.status == 400)
                #expect(answer.problem == "unknown-field")
                #expect(answer.fields == ["force"])
            }
            #expect(try await registry.run(["id": .string(run)])["state"] == "requested")
        }
    }

    @Test("closing skips the waiting run when its turn comes; the active one goes on")
    func closedMeanwhile() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let (active, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            #expect(try await registry.run(active)["state"] == "requested")
            try await registry.finish(active)
            let skipped = try await registry.run(waiting)
            #expect(skipped["outcome"] == "skipped")
            #expect(skipped["reasons"] == ["The identity provider is closed."])
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
        }
    }

    @Test("runs are listed newest first, page by page")
    func list() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for _ in 0..<3 { try await registry.finish(try await registry.startRun(id)) }
            let first = try await registry.send(.get, "idps/\(id)/runs?limit=2")
            #expect(first["items"].array.map { $0["epoch"] } == [3, 2])
            let rest = try await registry.send(.get, "idps/\(id)/runs?cursor=\(first["nextCursor"].string ?? "")")
            #expect(rest["items"].array.map { $0["epoch"] } == [1])
            #expect(rest["nextCursor"] == .null)
        }
    }
}
