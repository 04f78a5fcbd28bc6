import Logging
import Postgres
import PostgresTesting
import Resealing
import Runtime
import Sealing
import ServiceLifecycle
import Testing

@Suite("Sealing keys that change", .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"), .timeLimit(.minutes(5)))
struct ResealingTests {
    @Test("everything that another key has sealed is sealed by the new one, in every place, and opens as before")
    func everything() async throws {
        try await Chest.with { chest in
            for id in 0..<700 { try await chest.keep("secret \(id)", as: id, by: ["k1"]) }
            try await chest.keep("other", as: 1, in: "others", by: ["k1"])
            try await chest.database.run("insert into secrets (id) values (1000)")
            let copy = try chest.copy(["k2", "k1"])
            try await chest.begin("k2", at: copy)
            try await copy.pass()

            #expect(try await copy.status().secrets.allSatisfy { $0.keyID == "k2" })
            let contents = try await chest.contents(by: ["k2"])
            #expect(contents == Dictionary(uniqueKeysWithValues: (0..<700).map { ($0, "secret \($0)") }))
            #expect(try await chest.contents(of: "others", by: ["k2"]) == [1: "other"])
            #expect(try await copy.status().rotation?.doneAt != nil)
        }
    }

    @Test("without a rotation nothing is sealed anew, whatever key stands first")
    func unasked() async throws {
        try await Chest.with { chest in
            try await chest.keep("s", as: 1, by: ["k1"])
            let copy = try chest.copy(["k2", "k1"])
            try await copy.pass()
            #expect(try await copy.status().count("k1") == 1)
            #expect(try await copy.status().use("k1") == .rests)
        }
    }

    @Test("a pass that is broken off leaves each secret sealed by one key or the other, and the next one goes on")
    func brokenOff() async throws {
        try await Chest.with { chest in
            for id in 0..<700 { try await chest.keep("secret \(id)", as: id, by: ["k1"]) }
            let copy = try chest.copy(["k2", "k1"])
            try await chest.begin("k2", at: copy)
            let pass = Task { try await copy.pass() }
            try await eventually { try await copy.status().count("k2") > 0 }
            pass.cancel()
            _ = try? await pass.value
            #expect(try await chest.contents(by: ["k1", "k2"]).count == 700)

            try await chest.copy(["k1", "k2"]).pass()
            #expect(try await copy.status().count("k1") == 0)
        }
    }

    @Test("what a copy with the old key in front seals meanwhile is found, and until that copy is gone it is not done")
    func olderCopy() async throws {
        try await Chest.with { chest in
            try await chest.run(["k1", "k2"])
            try await chest.run(["k2", "k1"])
            let copy = try chest.copy(["k2", "k1"])
            try await chest.begin("k2", at: copy)
            try await copy.pass()
            try await chest.keep("late", as: 1, by: ["k1", "k2"])
            #expect(try await copy.status().rotation?.doneAt == nil)
            #expect(try await copy.status().use("k1") == .seals)
            try await copy.pass()
            #expect(try await chest.contents(by: ["k2"]) == [1: "late"])

            try await chest.stopAll()
            try await chest.run(["k1", "k2"], secondsAgo: 60)
            try await chest.run(["k2", "k1"])
            try await copy.pass()
            #expect(try await copy.status().rotation?.doneAt != nil)
            #expect(try await copy.status().use("k1") == .free)
            #expect(try await copy.status().use("k2") == .current)
            #expect(try await copy.status().copies == 1)
        }
    }

    @Test("a key that a running copy does not have is refused, as that copy could not open what it seals")
    func unknownKey() async throws {
        try await Chest.with { chest in
            try await chest.run(["k1"])
            let copy = try chest.copy(["k2", "k1"])
            for key in ["k2", "k3"] {
                let problem = await #expect(throws: Problem.self) { try await chest.begin(key, at: copy) }
                #expect(problem?.slug == "sealing-key-unknown" && problem?.fix != nil)
            }
            #expect(try await copy.status().rotation == nil)
        }
    }

    @Test("of two rotations at once one is refused, and once all copies seal by the other key it may turn round")
    func twoRotations() async throws {
        try await Chest.with { chest in
            try await chest.run(["k2", "k3", "k1"])
            try await chest.keep("s", as: 1, by: ["k1"])
            let copy = try chest.copy(["k2", "k3", "k1"])
            try await chest.begin("k2", at: copy)
            let problem = await #expect(throws: Problem.self) { try await chest.begin("k3", at: copy) }
            #expect(problem?.slug == "sealing-under-way" && problem?.fix != nil)

            try await chest.stopAll()
            let turned = try chest.copy(["k3", "k2", "k1"])
            try await chest.run(["k3", "k2", "k1"])
            try await chest.begin("k3", at: turned)
            try await turned.pass()
            #expect(try await chest.contents(by: ["k3"]) == [1: "s"])
        }
    }

    @Test("a secret that does not open keeps nobody else waiting, stays as it is and is told")
    func unopenable() async throws {
        try await Chest.with { chest in
            try await chest.keep("lost", as: 1, by: ["k0"])
            try await chest.keep("good", as: 2, by: ["k1"])
            try await chest.database.run("insert into secrets (id, sealed) values (3, 'nonsense'), (4, 'v1.k1.AAAA')")
            let copy = try chest.copy(["k2", "k1"])
            try await chest.begin("k2", at: copy)
            try await copy.pass()
            let status = try await copy.status()
            #expect(status.count("k0") == 1 && status.count("k1") == 1 && status.count("k2") == 1)
            #expect(status.count("") == 1)
            #expect(status.use("k0") == .rests)
            #expect(status.rotation?.doneAt == nil && status.rotation?.passedAt != nil)
        }
    }

    @Test("after a restored backup the old key is named as needed, and the same rotation heals it")
    func restored() async throws {
        try await Chest.with { chest in
            try await chest.keep("s", as: 1, by: ["k1"])
            let copy = try chest.copy(["k2", "k1"])
            try await chest.begin("k2", at: copy)
            try await copy.pass()
            #expect(try await copy.status().use("k1") == .free)

            try await chest.keep("s", as: 1, by: ["k1"])
            #expect(try await chest.copy(["k2"]).status().use("k1") == .rests)
            #expect(try await chest.copy(["k2"]).status().keys.first { $0.keyID == "k1" }?.copies == 0)
            try await chest.begin("k2", at: copy)
            try await copy.pass()
            #expect(try await chest.contents(by: ["k2"]) == [1: "s"])
        }
    }

    @Test("what travels keeps the old key in use for as long as it may be under way")
    func travel() async throws {
        try await Chest.with { chest in
            let copy = try chest.copy(["k2", "k1"], travel: .seconds(3_600))
            try await chest.begin("k2", at: copy)
            #expect(try await copy.status().use("k1") == .kept)
            try await copy.pass()
            #expect(try await copy.status().use("k1") == .travels)
            try await chest.database.run("update sealing_rotation set done_at = done_at - interval '61 minutes'")
            #expect(try await copy.status().use("k1") == .free)
        }
    }

    @Test("a copy tells its keys while it runs, and that it has ended")
    func copies() async throws {
        try await Chest.with { chest in
            let rotation = try chest.copy(["k2", "k1"])
            let group = ServiceGroup(
                services: [SealingCopy(rotation, logger: TestDatabase.quietLogger)],
                logger: TestDatabase.quietLogger
            )
            async let running: Void = group.run()
            try await eventually { try await rotation.status().copies == 1 }
            #expect(try await rotation.status().keys.map(\.copies) == [1, 1])
            await group.triggerGracefulShutdown()
            try await running
            #expect(try await rotation.status().copies == 0)
        }
    }

    @Test("whatever copies write, break off and rotate, nothing is lost, and at the end one key has sealed everything")
    func histories() async throws {
        try await Chest.with { chest in
            var random = SystemRandomNumberGenerator()
            for history in 0..<6 {
                try await chest.database.run("delete from secrets")
                try await chest.database.run("delete from sealing_rotation")
                var expected: [Int: String] = [:]
                let old = try chest.copy(["k1", "k2"]), new = try chest.copy(["k2", "k1"])
                for step in 0..<40 {
                    let copy = Bool.random(using: &random) ? old : new
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0: try await copy.pass()
                    case 1: try? await chest.begin("k2", at: copy)
                    case 2:
                        let pass = Task { try await copy.pass() }
                        pass.cancel()
                        _ = try? await pass.value
                    default:
                        let id = Int.random(in: 0..<20, using: &random)
                        let ids = Bool.random(using: &random) ? ["k1", "k2"] : ["k2", "k1"]
                        async let pass: Void = copy.pass()
                        try await chest.keep("\(step)", as: id, by: ids)
                        try await pass
                        expected[id] = "\(step)"
                    }
                    #expect(try await chest.contents(by: ["k1", "k2"]) == expected, "\(history), \(step)")
                }
                try await chest.begin("k2", at: new)
                try await new.pass()
                #expect(try await chest.contents(by: ["k2"]) == expected)
                #expect(try await new.status().count("k1") == 0)
            }
        }
    }
}

/// Waits until something is so, for some seconds.
private func eventually(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("it was not so in time")
            return
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}
