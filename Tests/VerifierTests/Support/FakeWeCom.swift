import Foundation
import Hummingbird
import Synchronization

/// As much of WeCom as a logon asks for, scripted by the test (`wecom.md` §1.1, §3.6, §4.4).
final class FakeWeCom: Sendable {
    /// What a code stands for.
    enum Person: Sendable {
        case member(String)
        case outsider
    }

    private struct State {
        var codes: [String: Person] = [:]
        var visible: Set<String> = []
        var failures: [String: Int] = [:]
        var delays: [String: Duration] = [:]
        var calls: [String] = []
        var tokens = 0
        var run: [String: String]?
        var asked: [String] = []
    }

    static let corpID = "ww4151efa784c9324d"
    static let agentID: Int64 = 1_000_002
    static let secret = "the app's secret"

    private let state = Mutex(State())

    /// Makes a code that is good once.
    func code(for person: Person) -> String {
        let code = UUID().uuidString
        state.withLock { $0.codes[code] = person }
        return code
    }

    /// Puts somebody into the app's visible range.
    func show(_ userID: String) { state.withLock { _ = $0.visible.insert(userID) } }

    /// Takes somebody out of it.
    func hide(_ userID: String) { state.withLock { _ = $0.visible.remove(userID) } }

    /// Has a call answered with an `errcode`, or with HTTP status 502; `nil` mends it.
    func fail(_ path: String, with code: Int?) { state.withLock { $0.failures[path] = code } }

    /// Has a call answered after a while only.
    func slow(_ path: String, by delay: Duration) { state.withLock { $0.delays[path] = delay } }

    /// Has every token that was given out refused from now on.
    func expireTokens() { state.withLock { $0.tokens += 1 } }

    /// The calls so far, by path.
    var calls: [String] { state.withLock { $0.calls } }

    /// Has the registry, which listens here too, answer for a run: `state`, and `outcome` where it is over.
    func answerRuns(_ run: [String: String]?) { state.withLock { $0.run = run } }

    /// Whom the registry was asked to synchronise.
    var asked: [String] { state.withLock { $0.asked } }

    private func addRegistry(to router: Router<BasicRequestContext>) {
        router.post("/api/v1/idps/:idp/runs") { request, _ in
            let body = try await request.body.collect(upTo: 10_000)
            let fields = try JSONDecoder().decode([String: String].self, from: Data(body.readableBytesView))
            let run = self.state.withLock { state in
                if request.headers[.authorization] == "Bearer the registry's key" {
                    state.asked.append(fields["user"] ?? "")
                }
                return state.run
            }
            return try Self.answer(run)
        }
        router.get("/api/v1/runs/:run") { _, _ in try Self.answer(self.state.withLock { $0.run }) }
    }

    private static func answer(_ run: [String: String]?) throws -> Response {
        guard let run else { return Response(status: .notFound) }
        let body = try JSONEncoder().encode(run.merging(["id": "7"]) { $1 })
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        addRegistry(to: router)
        router.get("/cgi-bin/gettoken") { request, _ in
            try await self.answer("gettoken", request) { state, query in
                guard query["corpid"] == Self.corpID,
                    query["corpsecret"] == Self.secret
                else { return ["errcode": 40001, "errmsg": "invalid credential, hint: [17]"] }
                return ["errcode": 0, "access_token": "token-\(state.tokens)", "expires_in": 7_200]
            }
        }
        router.get("/cgi-bin/auth/getuserinfo") { request, _ in
            try await self.answer("auth/getuserinfo", request) { state, query in
                guard query["access_token"] == "token-\(state.tokens)" else {
                    return ["errcode": 42001, "errmsg": "access_token expired"]
                }
                switch state.codes.removeValue(forKey: query["code"] ?? "") {
                case .member(let id): return ["errcode": 0, "userid": id]
                case .outsider: return ["errcode": 0, "openid": "o1234"]
                case nil: return ["errcode": 40029, "errmsg": "invalid code, hint: [18]"]
                }
            }
        }
        router.get("/cgi-bin/user/get") { request, _ in
            try await self.answer("user/get", request) { state, query in
                let id = query["userid"] ?? ""
                guard state.visible.contains(id) else { return ["errcode": 60111, "errmsg": "userid not found"] }
                return ["errcode": 0, "userid": id, "name": "张三", "status": 1]
            }
        }
        return router
    }

    private func answer(
        _ path: String,
        _ request: Request,
        _ body: (inout State, [String: String]) -> [String: Any]
    ) async throws -> Response {
        let query = Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { $1 }
        )
        let (failure, json) = try state.withLock { state -> (Int?, Data) in
            state.calls.append(path)
            let failure = state.failures[path]
            let answer = failure.map { ["errcode": $0, "errmsg": "scripted, hint: [42]"] } ?? body(&state, query)
            return (failure, try JSONSerialization.data(withJSONObject: answer))
        }
        if let delay = state.withLock({ $0.delays[path] }) { try await Task.sleep(for: delay) }
        let status: HTTPResponse.Status = failure == 502 ? .badGateway : .ok
        return Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json))
        )
    }
}
