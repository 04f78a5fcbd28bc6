import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runtime
import ServiceLifecycle
import Synchronization

@testable import Registry

/// A receiver of notifications over HTTP, as a tenant would write one.
final class HookReceiver: Sendable {
    /// A request that came.
    struct Arrival: Sendable {
        var id: String
        var timestamp: String
        var signatures: [String]
        var contentType: String
        var body: [UInt8]

        var event: JSON { (try? JSON(parsing: Data(body))) ?? .null }

        /// Whether one of the signatures is by the secret.
        func isSigned(by secret: String) -> Bool {
            guard let key = Data(base64Encoded: String(secret.dropFirst("whsec_".count))) else { return false }
            let content = Data("\(id).\(timestamp).".utf8) + Data(body)
            return signatures.contains { signature in
                guard signature.hasPrefix("v1,"), let code = Data(base64Encoded: String(signature.dropFirst(3))) else {
                    return false
                }
                return HMAC<SHA256>.isValidAuthenticationCode(
                    code,
                    authenticating: content,
                    using: SymmetricKey(data: key)
                )
            }
        }
    }

    private struct State {
        var arrivals: [Arrival] = []
        var answers: [HTTPResponse.Status] = []
        var delay: Duration = .zero
    }

    private let state = Mutex(State())

    /// What came, in order.
    var arrivals: [Arrival] { state.withLock { $0.arrivals } }

    /// From now on these are answered, one after the other; then 204.
    func answer(_ answers: HTTPResponse.Status...) { state.withLock { $0.answers = answers } }

    /// From now on each answer takes so long.
    func delay(_ delay: Duration) { state.withLock { $0.delay = delay } }

    private func take(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        func header(_ name: String) -> String { HTTPField.Name(name).flatMap { request.headers[$0] } ?? "" }
        let arrival = Arrival(
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signatures: header("webhook-signature").split(separator: " ").map(String.init),
            contentType: header("content-type"),
            body: Array(body.readableBytesView)
        )
        let status = state.withLock { state -> HTTPResponse.Status in
            state.arrivals.append(arrival)
            return state.answers.isEmpty ? .noContent : state.answers.removeFirst()
        }
        try await Task.sleep(for: state.withLock { $0.delay })
        let headers: HTTPFields = status.kind == .redirection ? [.location: "/elsewhere"] : [:]
        return Response(status: status, headers: headers)
    }

    /// Runs a test against a receiver of its own; `body` gets it and its URL.
    static func run(_ body: @escaping @Sendable (HookReceiver, String) async throws -> Void) async throws {
        let receiver = HookReceiver()
        let router = Router()
        router.post("hook") { request, _ in try await receiver.take(request) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = makeServer(router: router, port: 0, logger: TestRegistry.quiet) { port.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await body(receiver, "http://127.0.0.1:\(port)/hook")
                break
            }
            group.cancelAll()
        }
    }
}
