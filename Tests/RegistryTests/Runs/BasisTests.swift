import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Which run a run may go on from: only one after which the directory holds exactly what it read.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct BasisTests {
    @Test("a first run has none; a run after one that succeeded goes on from it, a waiting one from the one before")
    func succeeded() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let first = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
            let waiting = try await registry.startRun(id)
            try await registry.finish(first)
            #expect(try await registry.lastCommand().run.description == waiting["id"].string)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 1))
            try await registry.finish(waiting)
            try await registry.finish(try await registry.startRun(id))
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 3))
        }
    }

    @Test(
        "a run after one that ended otherwise has none, and neither has one before that",
        arguments: [RunOutcome.partial, .held, .failed, .cancelled, .skipped]
    )
    func otherwise(outcome: RunOutcome) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            try await registry.finish(try await registry.startRun(id), outcome)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }

    @Test("the writer alone says whether a run can be one, whatever its outcome", arguments: RunOutcome.allCases)
    func word(outcome: RunOutcome) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for isBasis in [true, false] {
                let run = try await registry.startRun(id)
                let message = TestRegistry.end(of: run, outcome, isBasis: isBasis)
                try await registry.deliver([try await registry.record(message, of: run)])
                let next = try await registry.startRun(id)
                #expect(try await registry.lastCommand().basis?.rawValue == (isBasis ? 1 : nil))
                try await registry.finish(next)
            }
        }
    }

    @Test("a run that never came to be asked for does not void the one before; another corp's people do")
    func voided() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            let active = try await registry.send(.post, "idps/\(id)/runs", ["kind": "departments"])
            let waiting = try await registry.startRun(id)
            #expect(try await registry.send(.post, "runs/\(waiting["id"].string ?? "")/cancel").status == 202)
            try await registry.finish(active.json)
            let next = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 1))
            try await registry.finish(next)
            try await registry.connect(id, corpID: "ww2e933be11645237c")
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }

    @Test("once the safety limits are others, everything is looked at again, and other settings do not matter")
    func otherLimits() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            try await registry.patch(id, ["description": "another"])
            try await registry.finish(try await registry.startRun(id))
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 1))
            try await registry.patch(id, ["safetyLimits": ["protectedUsers": ["lisi"]]])
            try await registry.finish(try await registry.startRun(id))
            #expect(try await registry.lastCommand().basis == nil)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 3))
        }
    }

    @Test("a run of departments has none, and does not void the one before")
    func departments() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            let structure = try await registry.send(.post, "idps/\(id)/runs", ["kind": "departments"])
            #expect(try await registry.lastCommand().basis == nil)
            try await registry.finish(structure.json, .failed)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 1))
        }
    }

    @Test("another identity provider's runs are no basis")
    func others() async throws {
        try await withRegistry { registry in
            let (one, other) = (try await registry.makeConnectedProvider(), try await registry.makeConnectedProvider())
            try await registry.finish(try await registry.startRun(one))
            try await registry.finish(try await registry.startRun(one))
            _ = try await registry.startRun(other)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }

    @Test("a repair has none, and is one; a run that was undone since is none any more")
    func repairedAndUndone() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            let repair = try await registry.send(.post, "idps/\(id)/runs", ["kind": "repair"]).json
            #expect(try await registry.lastCommand().kind == .repair)
            #expect(try await registry.lastCommand().basis == nil)
            try await registry.finish(repair, removed: 1)
            let next = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 2))
            try await registry.finish(next)
            let undoing = try await registry.send(.post, "runs/\(repair["id"].string ?? "")/undo")
            #expect(undoing.status == 202)
            try await registry.finish(undoing.json)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }
}
