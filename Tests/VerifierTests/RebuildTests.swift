import Foundation
import HTTPTypes
import HummingbirdTesting
import Kafka
import KafkaTesting
import Messages
import NIOCore
import Pipeline
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Rebuild
@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct RebuildTests {
    private let configuration: IdentityProviderConfiguration

    init() throws { configuration = try Bench.identityProvider() }

    @Test(
        "whatever the log tells, what is rebuilt from it is what is in use, and mends what was damaged",
        arguments: [1, 2, 3, 4]
    )
    func random(seed: UInt64) async throws {
        try await ProjectionBench.run(configuration) { bench in
            let log = try RandomChanges(seed: seed).log(of: configuration, messages: 40)
            for record in log { try await bench.handle([record]) }
            let before = try await bench.dump()
            #expect(try await rebuild(bench, log, by: 7).outcomes == ["equal": 1])
            #expect(try await bench.dump() == before)

            try await damage(bench)
            #expect(try await bench.dump() != before)
            #expect(try await rebuild(bench, log).outcomes == ["different": 1])
            #expect(try await bench.dump() != before)
            #expect(try await rebuild(bench, log, switching: true, by: 3).outcomes == ["switched": 1])
            #expect(try await bench.dump() == before)
            #expect(try await rebuild(bench, log).outcomes == ["equal": 1])
        }
    }

    @Test("what differs is counted by person and by field")
    func counted() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let log = [try change(1, 1, ["li", "wang", "zhao"])]
            try await bench.handle(log)
            let database = bench.database
            try await database.run("update verifier.principals set name = 'x', email = null where directory_key = 'li'")
            try await database.run("update verifier.principals set name = 'y' where directory_key = 'wang'")
            try await database.run("delete from verifier.principals where directory_key = 'zhao'")
            let status = try await rebuild(bench, log)
            let comparison = try #require(status.results.first?.comparison)
            #expect(comparison.live == 2 && comparison.rebuilt == 3)
            #expect(comparison.missing == 1 && comparison.surplus == 0 && comparison.changed == 2)
            #expect(comparison.fields == ["name": 2, "email": 1])
            let li = try Bench.person("li", in: configuration).id
            #expect(comparison.people.first { $0.user == li }?.fields == ["name", "email"])
            #expect(try await bench.people() == ["li x", "wang y"])
        }
    }

    @Test("erased contact details are not missing while the settings keep them back, and come back once they do not")
    func contacts() async throws {
        try await ProjectionBench.run(configuration) { bench in
            var li = try Bench.person("li", in: configuration)
            (li.phoneNumber, li.address) = ("+86 13800000000", "广州市海珠区")
            let log = [try TestChange(epoch: 1, sequence: 1, users: [li]).record(configuration)]
            try await bench.handle(log)
            let told = try await bench.dump()
            try await bench.database.run("update verifier.principals set phone_number = null, address = null")
            let erased = try await bench.dump()
            let silent = try await rebuild(bench, log, switching: true, tellsContacts: false)
            #expect(silent.outcomes == ["equal": 1])
            #expect(try await bench.dump() == erased)
            #expect(try await rebuild(bench, log, switching: true, tellsContacts: true).outcomes == ["switched": 1])
            #expect(try await bench.dump() == told && told != erased)
        }
    }

    @Test("whoever may not log on by the log loses the session with the switch, and nobody else")
    func sessions() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let users = [try Bench.person("li", in: configuration, kind: .disabled, isEnabled: false)]
            let log = [
                try change(1, 1, ["li", "wang"]),
                try TestChange(epoch: 1, sequence: 2, users: users).record(configuration),
            ]
            try await bench.handle(log)
            try await bench.database.run("update verifier.principals set enabled = true where directory_key = 'li'")
            for person in ["li", "wang"] { try await bench.logOn(person) }
            _ = try await rebuild(bench, log)
            #expect(try await bench.liveSessions() == ["li", "wang"])
            let status = try await rebuild(bench, log, switching: true)
            #expect(status.results.first?.sessionsEnded == 1)
            #expect(try await bench.liveSessions() == ["wang"])
            #expect(try await bench.people() == ["-li 张三", "wang 张三"])
        }
    }

    @Test("a logon that began before the switch that shuts the person out loses its session, too")
    func logonMeanwhile() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let li = try Bench.person("li", in: configuration, kind: .disabled, isEnabled: false)
            let log = [
                try change(1, 1, ["li"]), try TestChange(epoch: 1, sequence: 2, users: [li]).record(configuration),
            ]
            try await bench.handle(log)
            try await bench.database.run("update verifier.principals set enabled = true")
            let attempt = try await begin(bench, switching: true)
            var principals = RebuiltPrincipals(attempt, in: bench.database)
            try await principals.take(log)

            let logon = bench.database.makeConnection()
            try await logon.execute("begin; select from verifier.principals for share")
            let (id, rebuild, filled) = (configuration.id, rebuild(of: bench), principals)
            async let settled = rebuild.settle(id, from: filled, for: attempt)
            try await eventually("the switch waits for the logon") {
                let waiting = try await bench.database.run(
                    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                )
                return !waiting.isEmpty
            }
            try await logon.run(
                """
                insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
                values ('li', \(id.uuid), \(li.id.uuid), \(configuration.tenant.uuid), 'sase', 'openid',
                    now() + interval '1 day')
                """
            )
            try await logon.execute("commit")
            #expect(try await settled)
            #expect(try await bench.liveSessions().isEmpty)
            await logon.close()
        }
    }

    @Test("where the log has lost its beginning, only a whole republication is believed")
    func trimmed() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li", "wang"])])
            var log = [try change(2, 1, ["zhao"], offset: 5)]
            try await bench.handle(log)
            let before = try await bench.dump()
            let refused = try await rebuild(bench, log, switching: true)
            #expect(refused.outcomes == ["refused": 1])
            #expect(refused.results.first?.reason == RebuiltPrincipals.lostBeginning)
            #expect(refused.results.first?.remedy == "bridgectl directory republish --idp \(configuration.id)")
            #expect(try await bench.dump() == before)

            log.append(try change(2, 2, ["li", "zhao"], part: 1, isLast: true, offset: 6))
            try await bench.handle(log)
            try await damage(bench)
            #expect(try await rebuild(bench, log, switching: true).outcomes == ["switched": 1])
            #expect(try await bench.people() == ["li 张三", "zhao 张三"])
        }
    }

    @Test("an identity provider that the log does not tell of is refused, and keeps everybody")
    func untold() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li"])])
            #expect(try await rebuild(bench, [], switching: true).outcomes == ["refused": 1])
            #expect(try await bench.people() == ["li 张三"])
        }
    }

    @Test("while one of the two was not followed as far as the other nothing is said or switched")
    func apart() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let log = [try change(1, 1, ["li"]), try change(1, 2, ["wang"])]
            for (live, rebuilt) in [(1, 2), (2, 1)] {
                try await bench.handle(Array(log.prefix(live)))
                let before = try await bench.dump()
                let attempt = try await begin(bench, switching: true)
                var principals = RebuiltPrincipals(attempt, in: bench.database)
                try await principals.take(Array(log.prefix(rebuilt)))
                let rebuild = self.rebuild(of: bench)
                #expect(try await rebuild.settle(configuration.id, from: principals, for: attempt) == false)
                #expect(try await bench.dump() == before)
                try await bench.handle(log)
                try await principals.take(log)
                #expect(try await rebuild.settle(configuration.id, from: principals, for: attempt))
                try await rebuild.finish(attempt)
            }
        }
    }

    @Test("principals that were lost come back, and what is told afterwards is followed without a gap")
    func lost() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let log = [try change(1, 1, ["li", "wang"]), try change(3, 1, ["zhao"])]
            try await bench.handle(log)
            let before = try await bench.dump()
            try await bench.database.run("truncate verifier.principals, verifier.projection, verifier.incarnations")
            #expect(try await rebuild(bench, log, switching: true).outcomes == ["switched": 1])
            #expect(try await bench.dump() == before)
            try await bench.handle(log + [change(3, 2, ["qian"])])
            #expect(try await bench.people().count == 4)
            #expect(try await bench.gap() == nil)
        }
    }

    @Test("a switch in the middle of a republication takes nobody for gone who was in a part, nor mends less")
    func republication() async throws {
        try await ProjectionBench.run(configuration) { bench in
            // The live side has counted a republication that the log has lost.
            try await bench.handle([change(1, 1, ["li"], part: 1, isLast: true)])
            let log = [
                try change(1, 2, ["li", "wang", "zhao"], part: 1, isLast: true, offset: 9),
                try change(2, 1, ["li", "wang"], part: 1, offset: 10),
            ]
            try await bench.handle(log)
            try await damage(bench)
            #expect(try await rebuild(bench, log, switching: true).outcomes == ["switched": 1])
            #expect(try await bench.people() == ["li 张三", "wang 张三", "zhao 张三"])
            try await bench.handle([change(2, 2, [], part: 2, isLast: true, offset: 11)])
            #expect(try await bench.people() == ["li 张三", "wang 张三"])
            #expect(try await bench.gap() == nil)
        }
    }

    @Test("an attempt that was overtaken or taken back writes nothing, and leaves nothing")
    func overtaken() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let log = [try change(1, 1, ["li"])]
            try await bench.handle(log)
            let late = try await begin(bench, switching: true)
            var first = RebuiltPrincipals(late, in: bench.database)
            try await first.take(log)
            let next = try await beginAttempt(bench)
            #expect(next.number == 2)
            #expect(try await rebuiltPeople(bench) == 0)
            #expect(try await isOvertaken(first, by: log))
            let stale = first
            await #expect(throws: RebuildAttempt.Overtaken.self) {
                try await rebuild(of: bench).settle(configuration.id, from: stale, for: late)
            }
            var second = RebuiltPrincipals(next, in: bench.database)
            try await second.take(log)
            #expect(try await rebuiltPeople(bench) == 1)
            await #expect(throws: Problem.self) { try await rebuild(of: bench).begin(RebuildWish()) }
            try await rebuild(of: bench).takeBack()
            #expect(try await isOvertaken(second, by: log))
            #expect(try await rebuiltPeople(bench) == 0)
            #expect(try await bench.people() == ["li 张三"])
        }
    }

    @Test("a record that cannot be read, or that the database refuses, leaves a gap here too")
    func unreadable() async throws {
        try await ProjectionBench.run(configuration) { bench in
            var nul = try Bench.person("nul", in: configuration)
            nul.displayName = "a\u{0}b"
            let bad = [
                try TestChange(epoch: 1, sequence: 2, users: [nul]).record(configuration, offset: 1),
                try TestChange(epoch: 1, sequence: 2, users: []).record(configuration, offset: 1, value: [1]),
            ]
            for record in bad {
                let log = [try change(1, 1, ["li"]), record]
                #expect(try await rebuild(bench, log, switching: true).outcomes == ["refused": 1])
            }
        }
    }

    @Test("an operator has it done while the verifier runs, by any copy", .enabled(if: Bench.isAvailable))
    func running() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            try await bench.wiring.database.run("update verifier.principals set name = 'x'")
            #expect(try await bench.browser.get("/api/v1/principals/rebuild").status == .unauthorized)
            #expect(try await begin(bench, "{}").status == .accepted)
            let first = try await done(bench)
            #expect((first["outcomes"] as? [String: Any])?["different"] as? Int == 1)
            try await bench.withAnotherInstance { _ in
                let body = "{\"idp\":\"\(configuration.id)\",\"switch\":true}"
                #expect(try await begin(bench, body).status == .accepted)
                let second = try await done(bench)
                #expect((second["outcomes"] as? [String: Any])?["switched"] as? Int == 1)
            }
            let rows = try await bench.wiring.database.run("select name from verifier.principals")
            let names = try rows.map { try $0.decode(String.self) }
            #expect(names == ["张三"])
        }
    }

    private func begin(_ bench: Bench, _ body: String) async throws -> TestResponse {
        try await bench.client.executeRequest(
            uri: "/api/v1/principals/rebuild",
            method: .post,
            headers: [.authorization: "Bearer \(Bench.operatorKey)", .contentType: "application/json"],
            body: ByteBuffer(string: body)
        )
    }

    private func done(_ bench: Bench) async throws -> [String: Any] {
        let operators: HTTPFields = [.authorization: "Bearer \(Bench.operatorKey)"]
        try await eventually("the rebuild is done") {
            try await bench.browser.get("/api/v1/principals/rebuild", headers: operators).json["doneAt"] != nil
        }
        return try await bench.browser.get("/api/v1/principals/rebuild", headers: operators).json
    }
}

extension RebuildTests {
    fileprivate func rebuild(
        of bench: ProjectionBench,
        tellsContacts: Bool? = nil
    ) -> Rebuilding<PrincipalRebuild> {
        Rebuilding(
            PrincipalRebuild(
                database: bench.database,
                sessions: bench.projection.sessions,
                tellsContacts: { _ in tellsContacts }
            ),
            settings: StageSettings(kafka: [:]),
            logger: Broker.quiet
        )
    }

    fileprivate func begin(_ bench: ProjectionBench, switching: Bool) async throws -> RebuildAttempt {
        let wish = RebuildWish(identityProvider: configuration.id, switches: switching)
        try await rebuild(of: bench).begin(wish)
        return try await beginAttempt(bench)
    }

    /// The next attempt of the rebuild that is under way.
    fileprivate func beginAttempt(_ bench: ProjectionBench) async throws -> RebuildAttempt {
        let begun = try await rebuild(of: bench).begin()
        let attempt = try #require(begun)
        try await rebuild(of: bench).prepare(attempt)
        return attempt
    }

    /// What comes of a log that is read once more.
    fileprivate func rebuild(
        _ bench: ProjectionBench,
        _ log: [Record],
        switching: Bool = false,
        by size: Int = 100,
        tellsContacts: Bool? = nil
    ) async throws -> RebuildStatus<PrincipalComparison> {
        let attempt = try await begin(bench, switching: switching)
        var principals = RebuiltPrincipals(attempt, in: bench.database)
        for start in stride(from: 0, to: log.count, by: size) {
            try await principals.take(Array(log[start..<min(start + size, log.count)]))
        }
        let rebuild = rebuild(of: bench, tellsContacts: tellsContacts)
        #expect(try await rebuild.settle(configuration.id, from: principals, for: attempt))
        try await rebuild.finish(attempt)
        #expect(try await rebuiltPeople(bench) == 0)
        return try #require(try await rebuild.status())
    }

    fileprivate func rebuiltPeople(_ bench: ProjectionBench) async throws -> Int {
        try await bench.database.run("select from verifier.rebuilt_principals").count
    }

    /// One person with another name, one missing, one too many.
    fileprivate func damage(_ bench: ProjectionBench) async throws {
        try await bench.database.run(
            """
            update verifier.principals set name = 'damaged', enabled = not enabled
            where user_id = (select user_id from verifier.principals order by user_id limit 1)
            """
        )
        try await bench.database.run(
            """
            insert into verifier.principals (idp_id, user_id, tenant_id, generation, directory_key, external_id, enabled,
                departments, seen)
            values (\(configuration.id.uuid), \(UUID()), \(configuration.tenant.uuid), 1, 'surplus', 'surplus', true,
                '{}', 0)
            """
        )
        try await bench.database.run(
            """
            delete from verifier.principals where directory_key <> 'surplus'
                and user_id = (select max(user_id::text)::uuid from verifier.principals where directory_key <> 'surplus')
            """
        )
    }

    /// Whether an attempt may no longer write.
    fileprivate func isOvertaken(_ principals: RebuiltPrincipals, by log: [Record]) async throws -> Bool {
        var principals = principals
        do {
            try await principals.take(log)
            return false
        } catch is RebuildAttempt.Overtaken {
            return true
        }
    }

    fileprivate func change(
        _ epoch: Int64,
        _ sequence: Int64,
        _ userIDs: [String],
        part: Int? = nil,
        isLast: Bool = false,
        offset: Int64 = 0
    ) throws -> Record {
        let users = try userIDs.map { try Bench.person($0, in: configuration) }
        var change = TestChange(epoch: epoch, sequence: sequence, users: users)
        change.snapshot = part.map { DirectorySnapshot(part: $0, isLast: isLast) }
        return try change.record(configuration, offset: offset)
    }
}
