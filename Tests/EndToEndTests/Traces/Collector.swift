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

    private struct State {
        var spans: [Span] = []
        var refused: [String] = []
    }

    private let state = Mutex(State())

    /// What came so far.
    var spans: [Span] { state.withLock { $0.spans } }

    /// What was wrong with requests that are none by the specification.
    var refused: [String] { state.withLock { $0.refused } }

    /// Runs `body` beside a collector of its own; it gets the address.
    static func run(_ body: @escaping @Sendable (Collector, String) async throws -> Void) async throws {
        let collector = Collector()
        let router = Router()
        router.post("v1/traces") { request, _ in
            let bytes = try await request.body.collect(upTo: 4 << 20)
            return Response(
                status: collector.take(Data(bytes.readableBytesView)) ? .ok : .badRequest,
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

    /// - Returns: Whether it could be read.
    private func take(_ body: Data) -> Bool {
        do {
            let request = try JSONDecoder().decode(TraceRequest.self, from: body)
            let spans = (request.resourceSpans ?? []).flatMap { Self.spans(of: $0) }
            state.withLock { $0.spans += spans }
            return true
        } catch {
            state.withLock { $0.refused.append("\(error)") }
            return false
        }
    }

    private static func spans(of resource: TraceRequest.ResourceSpans) -> [Span] {
        let service = resource.resource?.attributes?.first { $0.key == "service.name" }?.value?.text ?? ""
        return (resource.scopeSpans ?? []).flatMap { $0.spans ?? [] }.map { Span($0, of: service) }
    }
}

extension Collector.Span {
    fileprivate init(_ span: TraceRequest.Span, of service: String) {
        let attributes = (span.attributes ?? []).map { ($0.key, $0.value?.text ?? "") }
        self.init(
            service: service,
            trace: span.traceId.text,
            id: span.spanId.text,
            parent: span.parentSpanId.flatMap { $0.isEmpty ? nil : $0 },
            name: span.name,
            duration: .nanoseconds(span.endTimeUnixNano.value - span.startTimeUnixNano.value),
            attributes: Dictionary(attributes) { $1 },
            links: (span.links ?? []).map(\.spanId.text),
            isError: span.status?.code == 2
        )
    }
}
