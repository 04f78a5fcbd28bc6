import Foundation
import Hummingbird
import Logging
import NIOCore
import Runtime
import ServiceLifecycle
import Synchronization

@testable import Registry

/// A WeCom that answers what a test tells it to, over HTTP.
final class WeComStub: Sendable {
    /// One call that was made.
    struct Call: Sendable {
        var path: String
        var query: String
        var body: JSON
    }

    private struct State {
        var answers: [String: [JSON]] = WeComStub.usual
        var calls: [Call] = []
        var model: WeComModel?
    }

    private let state = Mutex(State())

    /// What is answered unless told otherwise.
    static let usual: [String: [JSON]] = [
        "gettoken": [["errcode": 0, "access_token": "token", "expires_in": 7_200]],
        "agent/get": [["errcode": 0, "agentid": 1_000_002, "name": "SASE", "close": 0]],
        "service/get_provider_token": [["errcode": 0, "provider_access_token": "provider", "expires_in": 7_200]],
        "service/get_suite_token": [["suite_access_token": "suite", "expires_in": 7_200]],
        "service/get_customized_auth_url": [
            ["errcode": 0, "qrcode_url": "https://open.work.weixin.qq.com/qr?x=1", "expires_in": 864_000]
        ],
        "service/v2/get_permanent_code": [
            [
                "permanent_code": "the-permanent-code",
                "auth_corp_info": ["corpid": "ww1e933be11645237c", "corp_name": "Acme 公司"],
            ]
        ],
        "service/v2/get_auth_info": [
            [
                "auth_corp_info": ["corpid": "ww1e933be11645237c", "corp_name": "Acme 公司"],
                "auth_info": ["agent": [["agentid": 1_000_012, "auth_mode": 0, "is_customized_app": true]]],
            ]
        ],
    ]

    /// From now on these are answered to a path, one after the other; the last one again and again.
    func answer(_ path: String, _ answers: JSON...) {
        state.withLock { $0.answers[path] = answers }
    }

    /// From now on the model answers what is about authorizations.
    func follow(_ model: WeComModel) { state.withLock { $0.model = model } }

    /// The calls to a path so far.
    func calls(_ path: String) -> [Call] { state.withLock { $0.calls.filter { $0.path == path } } }

    private func answer(_ call: Call) -> JSON {
        state.withLock { state in
            state.calls.append(call)
            if let answer = state.model?.answer(call.path, call.body) { return answer }
            guard var answers = state.answers[call.path], let next = answers.first else {
                return ["errcode": 404, "errmsg": "the stub knows no such path"]
            }
            if answers.count > 1 { answers.removeFirst() }
            state.answers[call.path] = answers
            return next
        }
    }

    private func respond(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let call = Call(
            path: String(request.uri.path.dropFirst("/cgi-bin/".count)),
            query: request.uri.query ?? "",
            body: (try? JSON(parsing: Data(body.readableBytesView))) ?? .null
        )
        let answer = answer(call)
        if let model = state.withLock({ $0.model }) { await model.pass(call.path, call.body) }
        return try Response.json(answer)
    }

    /// Runs a test against a stub of its own; `body` gets the stub and its URL.
    static func run(_ body: @escaping @Sendable (WeComStub, String) async throws -> Void) async throws {
        let stub = WeComStub()
        let router = Router()
        router.get("cgi-bin/**") { request, _ in try await stub.respond(request) }
        router.post("cgi-bin/**") { request, _ in try await stub.respond(request) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = makeServer(router: router, port: 0, logger: TestRegistry.quiet) { port.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await body(stub, "http://127.0.0.1:\(port)")
                break
            }
            group.cancelAll()
        }
    }
}
