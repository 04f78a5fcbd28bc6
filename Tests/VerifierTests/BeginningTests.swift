import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Verifier

/// How sessions begin. The sequences that could go wrong:
///
/// - a browser is made to forget a logon while a session begins by it: whoever comes first, none is left;
/// - one request is answered by many at once: one session begins;
/// - nobody comes for what began, or with something wrong: it is over with its code;
/// - the client is disabled meanwhile, or wants to be told of its end only later;
/// - the last of what a session begins with cannot be written: nothing is, nothing counts, and the request can be answered.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct BeginningTests {
    /// A person, a client, and what it asks for.
    private struct Scene: Sendable {
        let database: Database
        let grants: GrantStore
        let client: Client
        let principal: Principal
        let request: AuthorizationRequest

        func begin(_ authentication: GrantStore.Authentication, answering carried: CarriedRequest? = nil) async throws {
            _ = try await grants.begin(principal, for: request, of: client, by: authentication, answering: carried)
        }

        /// Begins a session in a browser, and returns what that remembers.
        func logOn() async throws -> BrowserLogonStore.BrowserLogon {
            let ticket = Ticket.make()
            try await begin(.fresh(ticket))
            return try #require(try await BrowserLogonStore(database: database).find(ticket))
        }

        func liveSessions() async throws -> [String] {
            try await database.run("select id from verifier.sessions where ended_at is null").decode(String.self)
        }

        /// Begins a session with a code.
        func code(_ scope: String = "openid") async throws -> String {
            let request = AuthorizationRequest(
                client: "sase",
                redirectURI: Bench.redirectURI,
                scope: Scope(scope),
                state: nil,
                nonce: nil,
                challenge: Bench.challenge
            )
            return try await grants.begin(principal, for: request, of: client).text
        }

        /// Shows a code.
        ///
        /// - Returns: Why there is nothing for it; `nil` where there is.
        func redeem(_ code: String, verifier: String = Bench.verifier) async throws -> GrantStore.Refusal? {
            let result = try await grants.redeem(
                code: code,
                by: client,
                redirectURI: Bench.redirectURI,
                verifier: verifier,
                admitting: { _ in true }
            )
            if case .failure(let refusal) = result { return refusal }
            return nil
        }

        /// In how many seconds sessions are over.
        func ends(_ which: SQL = "true") async throws -> [Double] {
            try await database.run(
                "select extract(epoch from expires_at - now())::float8 from verifier.sessions where \(which)"
            ).decode(Double.self)
        }

        /// All rows that beginning a session can write.
        func rows() async throws -> [Int64] {
            let counts = try await database.run(
                """
                select (select count(*) from verifier.sessions), (select count(*) from verifier.codes),
                    (select count(*) from verifier.browser_logons), (select count(*) from verifier.used_tickets),
                    (select count(*) from verifier.outbox), (select count(*) from verifier.call_budgets)
                """
            )
            let (sessions, codes, logons, marks, events, counters) = try counts[0].decode(
                Int64.self,
                Int64.self,
                Int64.self,
                Int64.self,
                Int64.self,
                Int64.self
            )
            return [sessions, codes, logons, marks, events, counters]
        }
    }

    private static func run(_ body: (Scene) async throws -> Void) async throws {
        let configuration = try Bench.identityProvider()
        try await ProjectionBench.run(configuration) { bench in
            let client = Client(configuration: SampleClients.client("sase"))
            try await SampleClients.keep([client.configuration], in: bench.database)
            let person = try Bench.person("Li", in: configuration)
            try await bench.handle([try TestChange(epoch: 1, sequence: 1, users: [person]).record(configuration)])
            let key = DirectoryKey("li", isCaseSensitive: false)
            let principals = PrincipalStore(database: bench.database)
            let principal = try #require(try await principals.find(key, in: configuration.id, .first))
            let scene = Scene(
                database: bench.database,
                grants: GrantStore(database: bench.database, sessions: bench.projection.sessions),
                client: client,
                principal: principal,
                request: AuthorizationRequest(
                    client: "sase",
                    redirectURI: Bench.redirectURI,
                    scope: Scope("openid"),
                    state: nil,
                    nonce: nil,
                    challenge: Bench.challenge
                )
            )
            try await body(scene)
        }
    }

    @Test(
        "who logs off, or is logged off, while a session begins by what the browser remembers has none left",
        arguments: [true, false]
    )
    func loggingOff(isByPerson: Bool) async throws {
        try await Self.run { scene in
            for _ in 0..<20 {
                let logon = try await scene.logOn()
                let session = try #require(try await scene.liveSessions().first)
                async let next: Void = scene.begin(.remembered(logon))
                if isByPerson {
                    try await scene.grants.logOff(session)
                } else {
                    let people = PersonSessions(database: scene.database)
                    _ = try await people.end(scene.principal.id, in: scene.principal.identityProvider)
                }
                do {
                    try await next
                } catch let error as GrantStore.NotBegun {
                    #expect(error.reason == .stateExpired)
                }
                #expect(try await scene.liveSessions().isEmpty)
                await #expect(throws: GrantStore.NotBegun(reason: .stateExpired)) {
                    try await scene.begin(.remembered(logon))
                }
            }
        }
    }

    @Test("of many that answer one request at once, one begins a session")
    func oneAnswer() async throws {
        try await Self.run { scene in
            let carried = CarriedRequest(id: Ticket.make().text, request: scene.request, end: .max)
            let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await scene.begin(.fresh(Ticket.make()), answering: carried)
                            return true
                        } catch let error as GrantStore.NotBegun {
                            #expect(error.reason == .stateReplayed)
                            return false
                        }
                    }
                }
                var count = 0
                for try await isFirst in group where isFirst { count += 1 }
                return count
            }
            #expect(begun == 1)
            #expect(try await scene.rows() == [1, 1, 1, 1, 1, 0])
        }
    }

    @Test("where the last of what a session begins with cannot be written nothing is, and nothing counts")
    func failure() async throws {
        try await Self.run { scene in
            let carried = CarriedRequest(id: Ticket.make().text, request: scene.request, end: .max)
            let logon = try await scene.logOn()
            let before = try await scene.rows()
            try await scene.database.run("alter table verifier.outbox add constraint broken check (false) not valid")
            await #expect(throws: PostgresError.self) {
                try await scene.begin(.fresh(Ticket.make()), answering: carried)
            }
            await #expect(throws: PostgresError.self) { try await scene.begin(.remembered(logon)) }
            #expect(try await scene.rows() == before)
            try await scene.database.run("alter table verifier.outbox drop constraint broken")
            try await scene.begin(.fresh(Ticket.make()), answering: carried)
            try await scene.begin(.remembered(logon))
            let counted = try await scene.database.run("select used from verifier.call_budgets").decode(Int.self)
            #expect(counted == [1, 1])
        }
    }

    @Test(
        "a session lasts as long as its code, and from when its client has come for it as long as the client can go on",
        arguments: [("openid", 12 * 3_600), ("openid offline_access", 30 * 86_400)] as [(String, Double)]
    )
    func unredeemed(scope: String, lifetime: Double) async throws {
        try await Self.run { scene in
            let code = try await scene.code(scope)
            let waiting = try #require(try await scene.ends().first)
            #expect(waiting > 0 && waiting <= 61)
            #expect(try await scene.redeem(code) == nil)
            let taken = try #require(try await scene.ends().first)
            #expect(taken > lifetime - 120 && taken <= lifetime)
        }
    }

    @Test("the session of a device lasts as long as the device may come for it, and then as any other")
    func unfetched() async throws {
        try await Self.run { scene in
            let scope = Scope("openid offline_access")
            let devices = DeviceGrantStore(database: scene.database)
            let (device, user) = try await devices.begin(for: scene.client, scope)
            let waiting = DeviceGrantStore.Waiting(client: "sase", scope: scope)
            try await scene.grants.allow(user, waiting, of: scene.client, as: scene.logOn())
            let own: SQL = "id in (select session_id from verifier.device_grants)"
            let unfetched = try #require(try await scene.ends(own).first)
            #expect(unfetched > 61 && unfetched <= 601)
            guard case .granted = try await scene.grants.poll(device.text, by: scene.client, admitting: { _ in true })
            else {
                Issue.record("the device is not let in")
                return
            }
            let fetched = try #require(try await scene.ends(own).first)
            #expect(fetched > 29 * 86_400)
        }
    }

    @Test("a code that is shown with a wrong verifier is spent, and the session that it began is over")
    func spent() async throws {
        try await Self.run { scene in
            let code = try await scene.code("openid offline_access")
            #expect(try await scene.redeem(code, verifier: String(repeating: "a", count: 43)) == .verifier)
            #expect(try await scene.liveSessions().isEmpty)
            #expect(try await scene.redeem(code) == .unknown)
        }
    }

    @Test("a client that wants to be told of the end of its sessions only later is told of those that it had before")
    func toldLater() async throws {
        try await Self.run { scene in
            try await scene.begin(.fresh(nil))
            var told = scene.client.configuration
            (told.revision, told.backchannelLogoutURI) = (told.revision.next, "https://app.test/told")
            try await SampleClients.keep([told], in: scene.database)
            try await scene.grants.end(try #require(try await scene.liveSessions().first))
            let notices = try await scene.database.run("select client_id from verifier.logout_notices")
            #expect(try notices.decode(String.self) == ["sase"])
        }
    }

    @Test("a session that is being written down while its client is disabled is found, and ends")
    func disabledMeanwhile() async throws {
        try await Self.run { scene in
            let (database, sessions) = (scene.database, scene.grants.sessions)
            let gate = database.makeConnection()
            try await gate.execute("begin; lock table verifier.outbox")
            async let begun: Void = scene.begin(.fresh(nil))
            try await eventually("the session waits for its event") {
                let waiting = try await database.run(
                    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                )
                return !waiting.isEmpty
            }
            var disabled = scene.client.configuration
            (disabled.revision, disabled.status) = (disabled.revision.next, .disabled)
            let (state, name) = (disabled, disabled.clientID)
            let seen = try await database.transaction { connection in
                _ = try ClientStore.keep(state, on: connection)
                return try sessions.endAll(ofClient: name, on: connection)
            }
            #expect(seen == 0)
            try await gate.execute("commit")
            try await begun
            await gate.close()
            #expect(try await sessions.closedClients() == ["sase"])
            #expect(try await sessions.endAll(ofClosed: "sase") == 1)
            #expect(try await scene.liveSessions().isEmpty)
            #expect(try await sessions.closedClients().isEmpty)
        }
    }
}
