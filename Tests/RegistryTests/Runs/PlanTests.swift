import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Runs that do what another one planned.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct PlanTests {
    /// A finished dry run of an identity provider.
    private func plan(
        _ registry: TestRegistry,
        _ body: JSON = ["dryRun": true]
    ) async throws -> (id: IdentityProviderID, run: JSON) {
        let id = try await registry.makeConnectedProvider()
        let run = try await registry.send(.post, "idps/\(id)/runs", body).json
        #expect(try await registry.lastCommand().terms.planHours == 24)
        try await registry.finish(run)
        return (id, run)
    }

    private func apply(_ run: JSON, _ registry: TestRegistry, headers: [String: String] = [:]) async throws -> Answer {
        try await registry.send(.post, "runs/\(run["id"].string ?? "")/apply", headers: headers)
    }

    @Test("the terms have paths told if a rule or the filter asks where departments stand, and else say nothing of it")
    func departmentPaths() async throws {
        try await withRegistry { registry in
            for (change, tells) in [
                (["filter": "contains(departmentPath(), \"x\")"], true),
                (["filter": "name == \"departmentName()\""], nil),
                (["mapping": [["target": "title", "kind": "expression", "expression": "departmentName()"]]], true),
            ] as [(JSON, Bool?)] {
                let id = try await registry.makeConnectedProvider()
                #expect(try await registry.send(.patch, "idps/\(id)", change, headers: ["If-Match": "*"]).status == 200)
                #expect(try await registry.send(.post, "idps/\(id)/runs", [:]).status == 202)
                #expect(try await registry.lastCommand().terms.tellsDepartmentPaths == tells)
            }
        }
    }

    @Test("a plan is carried out by a run of the same kind that names it, has no basis, and is audited")
    func carriesOut() async throws {
        try await withRegistry { registry in
            let (id, dry) = try await plan(registry, ["dryRun": true, "kind": "department", "department": 7])
            let answer = try await apply(dry, registry)
            #expect(answer.status == 202)
            #expect(answer.header("Location") == "/api/v1/runs/\(answer["id"].string ?? "")")
            #expect(answer["plan"] == dry["id"])
            #expect(answer["dryRun"] == false)
            let command = try await registry.lastCommand()
            #expect(command.plan.map { Int($0.rawValue) } == dry["epoch"].integer)
            #expect(!command.isDryRun)
            #expect(command.target?.departments == [7])
            #expect(command.basis == nil)
            let entry = try await registry.send(.get, "audit?object=\(dry["id"].string ?? "")")["items"][0]
            #expect(entry["action"] == "run.applied")
            #expect(entry["details"]["run"] == answer["id"])
            #expect(entry["details"]["idp"].string == id.description)
        }
    }

    @Test("asked for twice, a plan is carried out by one run, with an Idempotency-Key or without, and once")
    func twice() async throws {
        try await withRegistry { registry in
            let (_, dry) = try await plan(registry)
            let header = ["Idempotency-Key": "abc-1"]
            let first = try await apply(dry, registry, headers: header)
            let second = try await apply(dry, registry, headers: header)
            #expect(second.status == 200)
            #expect(second["id"] == first["id"])
            #expect(try await apply(dry, registry)["id"] == first["id"])
            try await registry.finish(first.json)
            #expect(try await apply(dry, registry, headers: header)["id"] == first["id"])
            let late = try await apply(dry, registry)
            #expect(late.status == 409)
            #expect(late.problem == "plan-carried-out")
        }
    }

    @Test("a run that did not do what the plan says leaves one of its own, and the first can be tried again")
    func differs() async throws {
        try await withRegistry { registry in
            let (id, dry) = try await plan(registry)
            let refused = try await apply(dry, registry)
            try await registry.finish(refused.json, .failed, because: .planDiffers)
            #expect(try await registry.count("notifications") == 0)
            #expect(try await registry.send(.get, "idps/\(id)/runs")["items"].array.count == 2)
            let next = try await apply(refused.json, registry)
            #expect(next["plan"] == refused["id"])
            try await registry.finish(next.json, .failed, because: .planExpired)
            #expect(try await apply(next.json, registry).problem == "no-plan")
            #expect(try await apply(dry, registry).status == 202)
        }
    }

    @Test("what is no plan is not carried out: a run that wrote, one under way, one that failed")
    func noPlan() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            try await registry.finish(run)
            #expect(try await apply(run, registry).problem == "no-plan")
            let dry = try await registry.send(.post, "idps/\(id)/runs", ["dryRun": true]).json
            #expect(try await apply(dry, registry).problem == "run-not-finished")
            try await registry.finish(dry, .failed)
            #expect(try await apply(dry, registry).problem == "no-plan")
        }
    }

    @Test("a replay's plan is there to be looked at: that it is not carried out is said, and what to do instead")
    func replay() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let body: JSON = ["kind": "replay", "dryRun": true]
            let dry = try await registry.send(.post, "idps/\(id)/runs", body).json
            try await registry.finish(dry)
            let refused = try await apply(dry, registry)
            #expect(refused.status == 409)
            #expect(refused.problem == "replay-plan")
            #expect(refused["fix"] == "Start the replay without \"dryRun\".")
            #expect(try await registry.send(.get, "idps/\(id)/runs")["items"].array.count == 1)
        }
    }

    @Test("a plan expires")
    func expires() async throws {
        try await withRegistry { registry in
            let (_, dry) = try await plan(registry)
            func age(by hours: Int) async throws {
                try await registry.database.run(
                    "update registry.runs set requested_at = now() - make_interval(hours => \(hours)::integer)"
                )
            }
            try await age(by: 25)
            let late = try await apply(dry, registry)
            #expect(late.status == 409)
            #expect(late.problem == "plan-expired")
            try await age(by: 23)
            #expect(try await apply(dry, registry).status == 202)
        }
    }

    @Test("of a closed or deleted identity provider no plan is carried out")
    func obstacles() async throws {
        try await withRegistry { registry in
            let (id, dry) = try await plan(registry)
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            #expect(try await apply(dry, registry).problem == "idp-closed")
            #expect(try await registry.deleteProvider(id).status == 204)
            #expect(try await apply(dry, registry).problem == "idp-deleted")
        }
    }

    @Test("it waits beside runs that read, joins none, and none joins it")
    func waits() async throws {
        try await withRegistry { registry in
            let (id, dry) = try await plan(registry)
            let active = try await registry.startRun(id)
            let next = try await registry.startRun(id)
            let carrying = try await apply(dry, registry)
            #expect(carrying["state"] == "waiting")
            #expect(carrying["id"] != next["id"])
            #expect(try await registry.startRun(id)["id"] == next["id"])
            for ending in [active, next] { try await registry.finish(ending) }
            #expect(try await registry.lastCommand().run.description == carrying["id"].string)
        }
    }

    @Test("a run that is started anew, as the rules were others by then, still carries the plan out")
    func startedAnew() async throws {
        try await withRegistry { registry in
            let (_, dry) = try await plan(registry)
            let run = try await apply(dry, registry)
            try await registry.finish(run.json, .failed, because: .mappingChanged)
            let command = try await registry.lastCommand()
            #expect(command.run.description != run["id"].string)
            #expect(command.plan.map { Int($0.rawValue) } == dry["epoch"].integer)
        }
    }

    @Test("a decision is planned, and carried out by whoever may decide", arguments: ["approve", "reject", "undo"])
    func decisions(word: String) async throws {
        try await withRegistry { registry in
            let (_, held) = try await registry.makeHeldRun()
            let dry = try await registry.send(.post, "runs/\(held)/\(word)", ["dryRun": true])
            #expect(dry["dryRun"] == true)
            #expect(try await registry.lastCommand().isDryRun)
            try await registry.finish(dry.json)
            let key = try await registry.makeKey("operator")
            let path = "runs/\(dry["id"].string ?? "")/apply"
            #expect(try await registry.send(.post, path, key: key).status == 403)
            let answer = try await apply(dry.json, registry)
            #expect(answer["selection"] == dry["selection"])
            #expect(answer["cause"] == "decision")
        }
    }
}
