import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Verifier

/// How sessions begin. The sequences that could go wrong:
///
/// - a browser is made to forget a logon while a session begins by it: whoever comes first, none is left;
/// - one request is answered by many at once: one session begins;
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
}
