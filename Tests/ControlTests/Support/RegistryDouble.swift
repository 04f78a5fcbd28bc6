import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Runtime
import Synchronization

/// Runs `body` beside a registry that answers each request alike, and returns what it was sent.
func withRegistry(
    _ answer: String,
    _ body: @escaping @Sendable (Runtime.Environment) async throws -> Void
) async throws -> [String] {
    let sent = Mutex<[String]>([])
    let router = Router()
    for method in [HTTPRequest.Method.get, .post, .patch] {
        router.on("/**", method: method) { request, _ in
            let body = String(buffer: try await request.body.collect(upTo: 1 << 16))
            sent.withLock { $0.append("\(request.method.rawValue) \(request.uri.path) \(body)") }
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: answer)))
        }
    }
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    try await Application(router: router, logger: quiet).test(.live) { client in
        let url = "http://127.0.0.1:\(client.port ?? 0)"
        try await body(Runtime.Environment(["REGISTRY_URL": url, "REGISTRY_API_KEY": "wbk_registry"]))
    }
    return sent.withLock { $0 }
}
