import AsyncHTTPClient
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import Traces

/// Sends the process's spans to a collector by OTLP over HTTP, as JSON.
///
/// Nothing waits for it: what the collector does not take in time is dropped, and counted.
final class OTLPExporter: Service {
    private let settings: TraceSettings
    private let resource: OTLPRequest.Resource
    private let logger: Logger
    private let waiting = Mutex<[EndedSpan]>([])

    /// Spans that are held while the collector is away.
    private static let mostWaiting = 8192
    /// Spans of one request.
    private static let mostAtOnce = 512
    private static let pause: Duration = .seconds(1)
    private static let patience: TimeAmount = .seconds(5)

    init(_ settings: TraceSettings, _ context: ProgramContext) {
        self.settings = settings
        logger = context.logger
        resource = OTLPRequest.Resource(service: context.name, instance: context.instanceID)
    }

    /// Takes the spans of this process from now on.
    func begin() {
        SpanExport.begin(ratio: settings.ratio) { [weak self] in self?.take($0) }
    }

    /// Sends what comes until graceful shutdown, and then what is left.
    func run() async throws {
        var configuration = HTTPClient.Configuration.direct
        configuration.timeout = .init(connect: Self.patience, read: Self.patience)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            await send(by: client)
        }
        await send(by: client)
        try await client.shutdown()
    }

    private func take(_ span: EndedSpan) {
        let fits = waiting.withLock { spans in
            guard spans.count < Self.mostWaiting else { return false }
            spans.append(span)
            return true
        }
        if !fits { count(1, "dropped") }
    }

    private func send(by client: HTTPClient) async {
        let spans = waiting.withLock { spans in
            defer { spans = [] }
            return spans
        }
        for start in stride(from: 0, to: spans.count, by: Self.mostAtOnce) {
            let part = spans[start..<min(start + Self.mostAtOnce, spans.count)]
            do {
                try await post(Array(part), by: client)
                count(part.count, "exported")
            } catch {
                count(spans.count - start, "dropped")
                logger.warning("the collector takes no spans", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private func post(_ spans: [EndedSpan], by client: HTTPClient) async throws {
        var request = HTTPClientRequest(url: settings.endpoint + "/v1/traces")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        for (name, value) in settings.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: try OTLPRequest(spans, of: resource).encoded()))
        let response = try await client.execute(request, timeout: Self.patience)
        guard (200..<300).contains(response.status.code) else { throw Refused(status: Int(response.status.code)) }
        // Read, so that the connection serves the next request.
        _ = try await response.body.collect(upTo: 1 << 20)
    }

    private func count(_ spans: Int, _ outcome: String) {
        Counter(label: "trace.spans", dimensions: [("outcome", outcome)]).increment(by: spans)
    }

    private struct Refused: Error, CustomStringConvertible {
        let status: Int

        var description: String { "it answered \(status)" }
    }
}
