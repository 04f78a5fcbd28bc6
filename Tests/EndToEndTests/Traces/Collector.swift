import Foundation
import Hummingbird
import Logging
import NIOCore
import Runtime
import ServiceLifecycle
import Synchronization

/// Takes spans by OTLP over HTTP, as JSON, as a collector of OpenTelemetry does.
final class Collector: Sendable {
    /// A span that came.
    struct Span: Sendable {
        let service: String
        let trace: String
        let id: String
        let parent: String?
        let name: String
        let duration: Duration
        let attributes: [String: String]
        let links: [String]
        let isError: Bool
    }

    private let state = Mutex<[Span]>([])

    /// What came so far.
    var spans: [Span] { state.withLock { $0 } }

    /// Runs `body` beside a collector of its own; it gets the address.
    static func run(_ body: @escaping @Sendable (Collector, String) async throws -> Void) async throws {
        let collector = Collector()
        let router = Router()
        router.post("v1/traces") { request, _ in
            let bytes = try await request.body.collect(upTo: 4 << 20)
            try collector.take(Data(bytes.readableBytesView))
            return Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: "{}"))
            )
        }
        var logger = Logger(label: "collector")
        logger.logLevel = .error
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = makeServer(router: router, port: 0, logger: logger) { port.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await body(collector, "http://127.0.0.1:\(port)")
                break
            }
            group.cancelAll()
        }
    }

    /// A trace as a tree, one line a span; what a span follows from stands behind it.
    func tree(of trace: String) -> String {
        let spans = spans.filter { $0.trace == trace }
        let ids = Set(spans.map(\.id))
        var lines: [String] = []
        func draw(_ span: Span, _ depth: Int) {
            let links = span.links.isEmpty ? "" : " <- \(span.links.joined(separator: ", "))"
            lines.append(
                "\(String(repeating: "  ", count: depth))\(span.name) [\(span.service), \(span.duration / .milliseconds(1)) ms]\(links)"
            )
            for child in spans where child.parent == span.id { draw(child, depth + 1) }
        }
        for root in spans where !(root.parent.map(ids.contains) ?? false) { draw(root, 0) }
        return lines.joined(separator: "\n")
    }

    private func take(_ body: Data) throws {
        let message = try JSONDecoder().decode(Message.self, from: body)
        let spans = message.resourceSpans.flatMap { resource in
            let service = resource.resource.attributes.first { $0.key == "service.name" }?.value.text ?? ""
            return resource.scopeSpans.flatMap(\.spans).map { Span($0, of: service) }
        }
        state.withLock { $0 += spans }
    }

    fileprivate struct Message: Decodable {
        struct Resource: Decodable { let resource: Attributes; let scopeSpans: [Scope] }
        struct Attributes: Decodable { let attributes: [Attribute] }
        struct Scope: Decodable { let spans: [SpanMessage] }
        struct Attribute: Decodable { let key: String; let value: Value }
        struct Value: Decodable {
            let stringValue: String?
            let intValue: String?
            var text: String { stringValue ?? intValue ?? "" }
        }
        struct Link: Decodable { let traceId: String; let spanId: String }
        struct Status: Decodable { let code: Int }
        struct SpanMessage: Decodable {
            let traceId: String
            let spanId: String
            let parentSpanId: String?
            let name: String
            let startTimeUnixNano: String
            let endTimeUnixNano: String
            let attributes: [Attribute]
            let links: [Link]
            let status: Status?
        }

        let resourceSpans: [Resource]
    }
}

extension Collector.Span {
    fileprivate init(_ message: Collector.Message.SpanMessage, of service: String) {
        self.init(
            service: service,
            trace: message.traceId,
            id: message.spanId,
            parent: message.parentSpanId,
            name: message.name,
            duration: .nanoseconds((Int64(message.endTimeUnixNano) ?? 0) - (Int64(message.startTimeUnixNano) ?? 0)),
            attributes: Dictionary(message.attributes.map { ($0.key, $0.value.text) }) { $1 },
            links: message.links.map(\.spanId),
            isError: message.status?.code == 2
        )
    }
}
