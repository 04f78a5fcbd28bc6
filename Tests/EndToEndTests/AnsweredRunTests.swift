import Messages
import Postgres
import SuiteTesting
import Testing

/// Every run is answered, whatever became of it, and says why (architecture.md §3.3).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct AnsweredRunTests {
    private static let limit = Duration.seconds(10)
    private static let variables = ["CONFIGURATION_PATIENCE_SECONDS": "2"]

    /// A way in which a command reaches the fetcher that cannot be a run, and what the registry tells of it.
    struct Way: Sendable {
        let description: String
        let tampering: Tampering
        /// Is told by the run's reasons.
        let reason: String
    }

    static let ways = [
        Way(description: "no JSON", tampering: Tampering(value: "'{'"), reason: "read"),
        Way(description: "an unknown kind", tampering: .setting("kind", "\"everything\""), reason: "kind"),
        Way(description: "an unknown cause", tampering: .setting("cause", "\"whim\""), reason: "cause"),
        Way(
            description: "another tenant",
            tampering: Tampering(headers: "regexp_replace(headers, '(tenantid\", \")[0-9a-f]{8}', '\\100000000')"),
            reason: "tenant"
        ),
        Way(
            description: "a revision that never comes",
            tampering: .setting("configurationRevision", "999999"),
            reason: "Revision"
        ),
    ]

    @Test("a command that cannot be a run is a finished run with its reason within 10 s, and the next one works")
    func tampered() async throws {
        try await withJudgedSuite("answered", variables: Self.variables) { suite in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, way) in Self.ways.enumerated() {
                    group.addTask { try await meet(way, as: "way\(index)", in: suite) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func meet(_ way: Way, as name: String, in suite: Suite) async throws {
        let connected = try await suite.connect(name, users: 30, departments: 3)
        try await suite.tamper(way.tampering, with: connected.provider)
        let run = try await suite.registry.startRun(of: connected.provider)
        let ended = try await waitFor("the end of a run by \(way.description)", within: Self.limit) {
            let current = try await suite.registry.run(run.id)
            return current.state == "finished" ? current : nil
        }
        #expect(ended.outcome == "failed", "\(way.description): \(ended.outcome ?? "-")")
        #expect(ended.reasons.contains { $0.contains(way.reason) }, "\(way.description): \(ended.reasons)")
        let next = try await suite.synchronize(connected)
        #expect(next.outcome == "succeeded", "after \(way.description): \(next.reasons)")
        #expect(try await suite.differences(of: connected).map(\.description) == [])
    }

    @Test("a registry that was restored is told so, goes on from the current epoch, and starts the run anew at once")
    func restoredRegistry() async throws {
        try await withJudgedSuite("restored", variables: Self.variables) { suite in
            // Epoch 1 is passed, epoch 2 was another run's.
            for forgotten in [2, 1] {
                let connected = try await suite.connect("restored\(forgotten)", users: 30, departments: 3)
                for _ in 1...2 { #expect(try await suite.synchronize(connected).outcome == "succeeded") }
                try await suite.forgetRuns(forgotten, of: connected.provider)
                let run = try await suite.registry.startRun(of: connected.provider)
                let ended = try await suite.registry.waitForEnd(of: run, within: Self.limit)
                #expect(ended.outcome == "failed" && !ended.reasons.isEmpty, "\(ended.outcome ?? "-")")
                let anew = try await waitFor("the run that starts by itself", within: Self.limit) {
                    try await suite.registry.runs(of: connected.provider).first { $0.id != run.id && $0.id > run.id }
                }
                #expect(try await suite.registry.waitForEnd(of: anew).outcome == "succeeded")
                #expect(try await suite.differences(of: connected).map(\.description) == [])
            }
        }
    }

    @Test("a run whose identity provider is closed or deleted before anybody works on it is answered within 10 s")
    func overtaken() async throws {
        try await withJudgedSuite("overtaken", variables: Self.variables) { suite in
            let closed = try await suite.connect("closed", users: 30, departments: 3)
            let deleted = try await suite.connect("deleted", users: 30, departments: 3)
            for connected in [closed, deleted] {
                #expect(try await suite.synchronize(connected).outcome == "succeeded")
            }
            suite[.fetcher].stop()
            let runs = [
                try await suite.registry.startRun(of: closed.provider),
                try await suite.registry.startRun(of: deleted.provider),
            ]
            try await suite.registry.change(closed.provider, ["status": "closed", "confirmClosing": true])
            try await suite.registry.delete(deleted.provider)
            try suite[.fetcher].start()
            try await suite.waitUntilReady(.fetcher)
            for run in runs {
                let ended = try await suite.registry.waitForEnd(of: run, within: Self.limit)
                #expect(ended.outcome != "succeeded" && !ended.reasons.isEmpty, "\(ended.outcome ?? "-")")
            }
            #expect(try await suite.directory.users(of: closed.provider).allSatisfy(\.enabled))
            _ = try await waitFor("everybody of the deleted one to be shut out", within: Self.limit) {
                try await suite.count(
                    "select count(*) from verifier.principals where idp_id = \(deleted.provider.id)::uuid and enabled"
                ) == 0 ? true : nil
            }
        }
    }

    @Test("rules that change in the middle of a run end it within 10 s, and it is started anew by the new ones")
    func changedRules() async throws {
        try await withJudgedSuite("rules", variables: Self.variables) { suite in
            let connected = try await suite.connect("rules", users: 600, departments: 100)
            try await suite.simulator.order(["path": "user/list", "kind": "delay", "seconds": 0.3])
            let run = try await suite.registry.startRun(of: connected.provider)
            _ = try await waitFor("the middle of the run") {
                try await suite.count("select count(*) from directory.users") > 0 ? true : nil
            }
            // A mapper that has the old rules goes on by them.
            suite[.mapper].kill()
            try await suite.registry.change(connected.provider, ["mapping": Self.otherRules])
            try suite[.mapper].start()
            try await suite.waitUntilReady(.mapper)
            let ended = try await suite.registry.waitForEnd(of: run, within: Self.limit)
            #expect(ended.outcome == "failed" && !ended.reasons.isEmpty, "\(ended.outcome ?? "-")")
            try await suite.simulator.clearFaults()
            let anew = try await waitFor("the run that starts by itself", within: Self.limit) {
                try await suite.registry.runs(of: connected.provider).first { $0.id > run.id }
            }
            #expect(try await suite.registry.waitForEnd(of: anew).outcome == "succeeded")
            let people = try await suite.directory.users(of: connected.provider)
            #expect(people.count == 600 && people.allSatisfy { $0.title == "by the new rules" })
        }
    }

    private static let otherRules: JSON = [
        ["target": "username", "kind": "direct", "source": "userid"],
        ["target": "displayName", "kind": "direct", "source": "name"],
        ["target": "title", "kind": "constant", "value": "by the new rules"],
    ]
}

extension Suite {
    /// Sets the registry's memory of an identity provider back by so many runs, as a restore from a backup does.
    fileprivate func forgetRuns(_ count: Int, of provider: Registry.IdentityProvider) async throws {
        let id = provider.id
        for statement: SQL in [
            "delete from registry.request_identities where scope = \("runs of \(id)")",
            """
            delete from registry.runs where id in (
                select id from registry.runs where idp = \(id)::uuid order by epoch desc limit \(count)
            )
            """,
            "update registry.identity_providers set last_epoch = last_epoch - \(count) where id = \(id)::uuid",
        ] {
            _ = try await query(statement)
        }
    }
}
