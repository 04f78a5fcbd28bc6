import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JWTKit
import KafkaTesting
import Messages
import Postgres
import Synchronization
import Testing
import Web

@testable import Verifier

/// Clients are told that sessions have ended (OpenID Connect Back-Channel Logout 1.0).
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct LogoutNoticeTests {
    /// Keeps who comes waiting until it is opened.
    private actor Gate {
        private var isOpen = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func wait() async {
            if !isOpen { await withCheckedContinuation { waiting.append($0) } }
        }

        private func open() {
            isOpen = true
            for visitor in waiting { visitor.resume() }
            waiting = []
        }

        /// Opens it after `body`, whatever becomes of that.
        nonisolated func whileClosed(_ body: () async throws -> Void) async rethrows {
            do {
                try await body()
            } catch {
                await open()
                throw error
            }
            await open()
        }
    }

    /// Two clients' addresses for notices: one answers what it is told to, the other does not answer before its gate is
    /// opened.
    private final class Receiver: Sendable {
        let gate = Gate()
        private let state = Mutex<(answers: [HTTPResponse.Status], tokens: [String])>(([], []))

        var tokens: [String] { state.withLock { $0.tokens } }

        init(_ answers: [HTTPResponse.Status]) { state.withLock { $0.answers = answers } }

        func router() -> Router<BasicRequestContext> {
            let router = Router(context: BasicRequestContext.self)
            router.post("/told") { request, _ in
                let token = try await request.bodyForm()["logout_token"]
                return self.state.withLock { state -> HTTPResponse.Status in
                    state.tokens.append(token ?? "")
                    return state.answers.isEmpty ? .ok : state.answers.removeFirst()
                }
            }
            router.post("/hangs") { _, _ -> HTTPResponse.Status in
                await self.gate.wait()
                return .ok
            }
            return router
        }
    }

    /// A verifier with two clients that want to be told, and a session of the first.
    private static func run(
        _ receiver: Receiver,
        _ body: @Sendable @escaping (Bench, Grant, IdentityProviderConfiguration) async throws -> Void
    ) async throws {
        try await Application(router: receiver.router(), logger: Broker.quiet).test(.live) { live in
            let clients = ["told", "hangs"].map { name in
                SampleClients.client(name) { $0.backchannelLogoutURI = "http://127.0.0.1:\(live.port ?? 0)/\(name)" }
            }
            try await Bench.run(clients: clients) { bench in
                let configuration = try await bench.enterprise()
                let grant = try await bench.begin("ZhangSan", of: configuration, client: "told")
                try await receiver.gate.whileClosed { try await body(bench, grant, configuration) }
            }
        }
    }

    private static func waiting(_ bench: Bench) async throws -> [String?] {
        try await bench.wiring.database.run("select reason from verifier.logout_notices").map { row in
            try row.decode(String?.self)
        }
    }

    @Test("a client is told of a session that ends, by a token that names it, again until it has heard")
    func told() async throws {
        let receiver = Receiver([.internalServerError])
        try await Self.run(receiver) { bench, grant, configuration in
            let off = try Bench.person("ZhangSan", in: configuration, kind: .disabled, isEnabled: false)
            try await bench.change([off], in: configuration, epoch: 2)
            try await eventually("the client has heard") {
                let isHeard = try await Self.waiting(bench).isEmpty
                return isHeard && receiver.tokens.count == 2
            }
            let keys = JWTKeyCollection()
            try await keys.add(jwksJSON: bench.browser.get("/oauth2/jwks").text)
            let token = try await keys.verify(#require(receiver.tokens.last), as: LogoutToken.self)
            #expect(token.iss == Bench.publicURL)
            #expect(token.aud == "told")
            #expect(token.sid == grant.session.id)
            #expect(token.sub == grant.session.principal.id.description)
            #expect(token.exp - token.iat == 120)
            #expect(token.events == ["http://schemas.openid.net/event/backchannel-logout": [:]])
            let header = try DefaultJWTParser().parse(Array(receiver.tokens[0].utf8), as: LogoutToken.self).header
            #expect(header.typ == "logout+jwt")
        }
    }

    @Test("a client that says that the notice is wrong is not told again")
    func refused() async throws {
        let receiver = Receiver([.badRequest])
        try await Self.run(receiver) { bench, grant, _ in
            try await bench.grants.end(grant.session.id)
            try await eventually("the notice is set aside") {
                try await Self.waiting(bench) == ["status(400)"]
            }
            #expect(receiver.tokens.count == 1)
        }
    }

    @Test("while a client does not answer that has to be told of many sessions, another one hears of its own")
    func hanging() async throws {
        let receiver = Receiver([])
        try await Self.run(receiver) { bench, grant, _ in
            let database = bench.wiring.database
            try await database.run(
                """
                insert into verifier.logout_notices (session_id, client_id, user_id)
                select 'session ' || n, 'hangs', gen_random_uuid() from generate_series(1, 30) as n
                """
            )
            let inHand: SQL = """
                select from verifier.logout_notices where client_id = 'hangs' and claimed_until is not null
                """
            try await eventually("it is being told") { try await !database.run(inHand).isEmpty }
            try await bench.grants.end(grant.session.id)
            // Each of the 30 has five seconds.
            try await eventually(within: .seconds(10), "the other client has heard") { receiver.tokens.count == 1 }
            #expect(try await database.run(inHand).count <= 2)
        }
    }

    @Test("a logout token opens nothing")
    func useless() async throws {
        let receiver = Receiver([])
        try await Self.run(receiver) { bench, grant, _ in
            try await bench.grants.end(grant.session.id)
            try await eventually("the client has heard") { receiver.tokens.count == 1 }
            let token = receiver.tokens[0]
            #expect(try await bench.userinfo(token).status == .unauthorized)
            let hint = try await bench.browser.get("/oauth2/end-session?id_token_hint=\(token)")
            #expect(hint.status == .badRequest)
        }
    }
}
