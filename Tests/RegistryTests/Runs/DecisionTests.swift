import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Decisions about what a run holds (architecture.md §3.6).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct DecisionTests {
    @Test(
        "a decision is a run about what was held up to the run that was looked at",
        arguments: [("approve", RunSync.Kind.apply), ("reject", .reject), ("undo", .undo)]
    )
    func decides(word: String, kind: RunSync.Kind) async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            let answer = try await registry.send(.post, "runs/\(held)/\(word)")
            #expect(answer.status == 202)
            #expect(answer.header("Location") == "/api/v1/runs/\(answer["id"].string ?? "")")
            #expect(answer["kind"].string == kind.rawValue)
            #expect(answer["cause"] == "decision")
            #expect(answer["selection"]["upTo"] == 1)
            let command = try await registry.lastCommand()
            #expect(command.kind == kind)
            #expect(command.cause == .decision)
            #expect(command.selection == HeldSelection(upTo: Epoch(rawValue: 1)))
            #expect(command.basis == nil)
            #expect(try await registry.send(.get, "idps/\(id)/runs")["items"].array.count == 2)
        }
    }

    @Test("a decision may name its objects, and the audit tells who decided what")
    func objects() async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            let body: JSON = [
                "objects": [["kind": "user", "externalID": "lisi"], ["kind": "department", "externalID": "7"]]
            ]
            let answer = try await registry.send(.post, "runs/\(held)/approve", body)
            #expect(answer["selection"]["objects"] == body["objects"])
            #expect(try await registry.lastCommand().selection?.objects == [.user("lisi"), .department(7)])
            let entry = try await registry.send(.get, "audit?object=\(held)")["items"][0]
            #expect(entry["action"] == "run.approved")
            #expect(entry["actor"]["kind"] == "bootstrap")
            #expect(entry["details"]["objects"] == body["objects"])
            #expect(entry["details"]["run"] == answer["id"])
            #expect(entry["details"]["idp"].string == id.description)
        }
    }

    @Test("a repeated decision with its Idempotency-Key gets the same run; another decision with it is refused")
    func keys() async throws {
        try await withRegistry { registry in
            let (_, held) = try await registry.makeHeldRun()
            let header = ["Idempotency-Key": "abc-1"]
            let first = try await registry.send(.post, "runs/\(held)/approve", headers: header)
            let second = try await registry.send(.post, "runs/\(held)/approve", headers: header)
            let other = try await registry.send(.post, "runs/\(held)/reject", headers: header)
            #expect(second.status == 200)
            #expect(second["id"] == first["id"])
            #expect(other.status == 409)
            #expect(other.problem == "idempotency-key-reused")
            #expect(try await registry.published(TopicCatalogue.commands).count == 2)
        }
    }

    @Test("a run that is not over, or holds nothing, is not decided about", arguments: ["approve", "reject"])
    func nothingHeld(word: String) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            let early = try await registry.send(.post, "runs/\(run["id"].string ?? "")/\(word)")
            #expect(early.status == 409)
            #expect(early.problem == "run-not-finished")
            try await registry.finish(run)
            let late = try await registry.send(.post, "runs/\(run["id"].string ?? "")/\(word)")
            #expect(late.status == 409)
            #expect(late.problem == "nothing-held")
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("a run that removed nobody is not undone")
    func nothingRemoved() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            try await registry.finish(run, .held)
            let answer = try await registry.send(.post, "runs/\(run["id"].string ?? "")/undo")
            #expect(answer.status == 409)
            #expect(answer.problem == "nothing-changed")
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("a run of another corp is not undone: the numbers of its departments are others' now")
    func otherCorp() async throws {
        try await withRegistry { registry in
            let (_, held) = try await registry.makeHeldRun()
            try await registry.database.run("update registry.runs set generation = generation - 1")
            let answer = try await registry.send(.post, "runs/\(held)/undo")
            #expect(answer.status == 409)
            #expect(answer.problem == "other-corp")
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("what is held of a deleted or closed identity provider is not decided about")
    func obstacles() async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            #expect(try await registry.send(.post, "runs/\(held)/approve").problem == "idp-closed")
            #expect(try await registry.deleteProvider(id).status == 204)
            let deleted = try await registry.send(.post, "runs/\(held)/approve")
            #expect(deleted.status == 409)
            #expect(deleted.problem == "idp-deleted")
        }
    }

    @Test("decisions wait one by one beside the run that reads, and all take their turns in order")
    func waiting() async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            let active = try await registry.startRun(id)
            let approval = try await registry.decide("approve", held, ["lisi"])
            let next = try await registry.startRun(id)
            let rejection = try await registry.decide("reject", held, ["wangwu"])
            #expect([approval, next, rejection].map { $0["state"] } == ["waiting", "waiting", "waiting"])
            #expect(try await registry.decide("approve", held, ["lisi"])["id"] == approval["id"])
            var epochs: [Int64] = []
            for (ending, begun) in [(active, approval), (approval, next), (next, rejection)] {
                try await registry.finish(ending)
                let command = try await registry.lastCommand()
                #expect(command.run.description == begun["id"].string)
                epochs.append(command.epoch.rawValue)
            }
            #expect(epochs == [3, 4, 5])
        }
    }

    @Test("every kind of decision waits beside the run that reads", arguments: ["approve", "reject", "undo"])
    func beside(word: String) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            var counts = RunCounts()
            counts.users.removed = 1
            let end = TestRegistry.end(of: run, .held, counts: counts)
            try await registry.deliver([try await registry.record(end, of: run)])
            let active = try await registry.startRun(id)
            _ = try await registry.startRun(id)
            let decision = try await registry.decide(word, run["id"].string ?? "", ["lisi"])
            #expect(decision["state"] == "waiting")
            try await registry.finish(active)
            #expect(try await registry.run(decision)["state"] == "waiting")
        }
    }

    @Test("a waiting run whose number others have passed gets a new one, and those after it too")
    func passed() async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            let active = try await registry.startRun(id)
            let approval = try await registry.decide("approve", held, ["lisi"])
            let next = try await registry.startRun(id)
            let end = TestRegistry.end(of: active, current: 40)
            try await registry.deliver([try await registry.record(end, of: active)])
            #expect(try await registry.lastCommand().epoch.rawValue == 41)
            try await registry.finish(try await registry.run(approval))
            let command = try await registry.lastCommand()
            #expect(command.run.description == next["id"].string)
            #expect(command.epoch.rawValue == 42)
        }
    }

    @Test("a decision that has to be started anew ends and waits again, however many wait already")
    func anewAmongMany() async throws {
        try await withRegistry { registry in
            let (_, held) = try await registry.makeHeldRun()
            let active = try await registry.decide("approve", held, ["lisi"])
            #expect(active["state"] == "requested")
            for number in 0..<RunStore.mostWaitingDecisions {
                #expect(try await registry.decide("approve", held, ["u\(number)"])["state"] == "waiting")
            }
            try await registry.finish(active, .failed, because: .mappingChanged)
            let ended = try await registry.run(active)
            #expect(ended["state"] == "finished")
            let anew = try await registry.send(.get, "runs/\(try #require(ended["restartedAs"].string))")
            #expect(anew["state"] == "waiting")
        }
    }

    @Test(
        "decisions that wait keep their order, each under a later number, though the run before them is started anew",
        arguments: [nil, 40] as [Int?]
    )
    func inOrder(current: Int?) async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            let active = try await registry.startRun(id)
            let approval = try await registry.decide("approve", held, ["lisi"])
            let rejection = try await registry.decide("reject", held, ["wangwu"])
            let end = TestRegistry.end(of: active, .failed, because: .mappingChanged, current: current)
            #expect(try await registry.deliver([try await registry.record(end, of: active)]).isEmpty)
            let anew = try await registry.run(["id": try await registry.run(active)["restartedAs"]])
            var last = Epoch(rawValue: Int64(current ?? 2))
            for next in [approval, rejection, anew] {
                let command = try await registry.lastCommand()
                #expect(command.run.description == next["id"].string)
                #expect(command.epoch > last)
                last = command.epoch
                try await registry.finish(try await registry.run(next))
            }
            #expect(try await registry.count("runs") == 5)
        }
    }

    @Test("more decisions than anybody makes do not wait")
    func tooMany() async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            _ = try await registry.startRun(id)
            for number in 0..<RunStore.mostWaitingDecisions {
                #expect(try await registry.decide("approve", held, ["u\(number)"])["state"] == "waiting")
            }
            let body: JSON = ["objects": [["kind": "user", "externalID": "further"]]]
            let answer = try await registry.send(.post, "runs/\(held)/approve", body)
            #expect(answer.status == 409)
            #expect(answer.problem == "too-many-decisions")
        }
    }

    @Test("a deletion ends every decision that waits")
    func deletion() async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            _ = try await registry.startRun(id)
            let decisions = [
                try await registry.decide("approve", held, ["lisi"]), try await registry.decide("reject", held, ["wu"]),
            ]
            #expect(try await registry.deleteProvider(id).status == 204)
            for decision in decisions { #expect(try await registry.run(decision)["outcome"] == "cancelled") }
            #expect(try await registry.lastCommand().kind == .delete)
        }
    }
}

extension TestRegistry {
    /// A connected identity provider and the id of a run of it that holds something.
    func makeHeldRun() async throws -> (IdentityProviderID, String) {
        let id = try await makeConnectedProvider()
        let run = try await startRun(id)
        try await finish(run, .held, removed: 1)
        return (id, try #require(run["id"].string))
    }

    /// Decides about some people whom a run holds; returns the run that carries it out.
    fileprivate func decide(_ word: String, _ held: String, _ users: [String]) async throws -> JSON {
        let objects = users.map { JSON.object(["kind": "user", "externalID": .string($0)]) }
        let answer = try await send(.post, "runs/\(held)/\(word)", ["objects": .array(objects)])
        try #require(answer.status == 202, "\(answer.text)")
        return answer.json
    }
}
