import AsyncHTTPClient
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Sealing
import Testing

@testable import WeCom

/// A WeCom that answers as the test says, and remembers what it was asked.
actor ScriptedWeCom {
    struct Call: Sendable, Hashable {
        let method: String
        let path: String
        let query: [String: String]
        let body: String
    }

    enum Answer: Sendable {
        case json(String)
        case status(Int, String = "<html>")
        /// Says nothing until the test ends.
        case silence
        /// Begins the body, and says nothing more until the test ends.
        case stalled
        /// Breaks the connection within the body.
        case broken
        /// Waits until ``open()``, then answers.
        case held(String)
    }

    private var scripts: [String: [Answer]] = [:]
    private var waiters = Waiters()
    private var isOver = false
    private(set) var calls: [Call] = []
    private(set) var inFlight = 0
    private(set) var maximumInFlight = 0

    /// The answers to a path's calls, in order; the last stands for all that follow.
    func script(_ path: String, _ answers: Answer...) { scripts[path] = answers }

    func script(_ path: String, answers: [Answer]) { scripts[path] = answers }

    func calls(to path: String) -> [Call] { calls.filter { $0.path == path } }

    func open() { waiters.letAllGo() }

    func end() {
        isOver = true
        waiters.letAllGo()
    }

    func answer(_ call: Call) async -> Answer {
        calls.append(call)
        inFlight += 1
        maximumInFlight = max(maximumInFlight, inFlight)
        defer { inFlight -= 1 }
        let answer = next(call.path)
        switch answer {
        case .silence, .held: await wait()
        default: break
        }
        return answer
    }

    private func next(_ path: String) -> Answer {
        guard var answers = scripts[path], let first = answers.first else {
            return path == "gettoken"
                ? .json(#"{"errcode":0,"errmsg":"ok","access_token":"TOKEN-1","expires_in":7200}"#)
                : .status(404)
        }
        if answers.count > 1 { answers.removeFirst() }
        scripts[path] = answers
        return first
    }

    func wait() async {
        guard !isOver else { return }
        let (id, stream) = waiters.add()
        for await _ in stream {}
        _ = waiters.remove(id)
    }
}

/// What a test with a scripted WeCom works with.
struct Bench: Sendable {
    let wecom: ScriptedWeCom
    let client: WeComClient
    let time = TestTime()
    let url: String
    let corpID: CorpID
    let token = AccessToken(Secret("TOKEN-0"), lifetime: .seconds(7200))

    func session(
        _ settings: SessionSettings = SessionSettings(),
        slots: CallSlots? = nil,
        breaker: CircuitBreaker? = nil,
        time: TimeKeeper? = nil,
        logger: Logger = .silent
    ) -> CorpSession {
        CorpSession(
            client: client,
            corpID: corpID,
            secret: Secret("APP-SECRET"),
            settings: settings,
            slots: slots,
            breaker: breaker,
            time: time ?? self.time.keeper,
            logger: logger
        )
    }

    func until(_ condition: () async -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while await !condition() {
            try #require(ContinuousClock.now < deadline)
            await Task.yield()
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Runs a scripted WeCom on loopback.
func withScriptedWeCom(limits: Limits = Limits(), _ body: @Sendable (Bench) async throws -> Void) async throws {
    let wecom = ScriptedWeCom()
    let app = Application(
        router: router(wecom),
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        logger: .silent
    )
    let http = HTTPClient(eventLoopGroupProvider: .singleton)
    do {
        try await app.test(.live) { server in
            let url = "http://127.0.0.1:\(try #require(server.port))"
            let client = WeComClient(http: http, apiURL: url, limits: limits)
            do {
                try await body(Bench(wecom: wecom, client: client, url: url, corpID: CorpID("ww1e933be11645237c")))
                await wecom.end()
            } catch {
                await wecom.end()
                throw error
            }
        }
        try await http.shutdown()
    } catch {
        try await http.shutdown()
        throw error
    }
}

private struct Broken: Error {}

private func router(_ wecom: ScriptedWeCom) -> Router<BasicRequestContext> {
    let router = Router()
    let respond: @Sendable (Request, BasicRequestContext) async throws -> Response = { request, _ in
        let body = try await request.body.collect(upTo: 1 << 20)
        let call = ScriptedWeCom.Call(
            method: request.method.rawValue,
            path: String(request.uri.path.dropFirst("/cgi-bin/".count)),
            query: Dictionary(request.uri.queryParameters.map { (String($0), String($1)) }) { first, _ in first },
            body: String(buffer: body)
        )
        switch await wecom.answer(call) {
        case .json(let text), .held(let text):
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        case .silence: return Response(status: .ok)
        case .status(let status, let text):
            return Response(
                status: .init(code: status),
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        case .stalled:
            return Response(
                status: .ok,
                body: ResponseBody(contentLength: 100) { [wecom] writer in
                    try await writer.write(ByteBuffer(string: #"{"userlist":["#))
                    await wecom.wait()
                    throw Broken()
                }
            )
        case .broken:
            return Response(
                status: .ok,
                body: ResponseBody(contentLength: 100) { writer in
                    try await writer.write(ByteBuffer(string: #"{"userlist":["#))
                    throw Broken()
                }
            )
        }
    }
    router.get("**", use: respond)
    router.post("**", use: respond)
    return router
}
