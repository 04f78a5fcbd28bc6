import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import NIOCore
import Runtime
import ServiceLifecycle

/// `runs/{run}/events`: a run's progress as server-sent events, until it is over.
struct RunEventRoutes: Sendable {
    let runs: RunStore
    let watch: RunWatch

    /// Adds the route.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("runs/{run}/events") { request, context in
            let caller = try context.caller
            let run = try await runs.find(try context.runID, for: caller)
            let seen = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
            let event = try RunEvent(run)
            let isKnown = seen == event.id
            // Nothing more comes of it: a client that gets this does not ask again.
            if run.state == .finished, isKnown { return Response(status: .noContent) }
            let listener = caller.actor.description
            guard let changes = watch.listen(to: run, as: listener) else { throw Problem.tooManyStreams }
            return Self.respond(isKnown ? nil : event, changes)
        }
    }

    private static func respond(_ first: RunEvent?, _ changes: AsyncStream<RunWatch.Event>) -> Response {
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
            if let first { try await writer.write(first.bytes) }
            if first?.isLast != true {
                for await change in changes.cancelOnGracefulShutdown() {
                    try await writer.write(try bytes(of: change))
                }
            }
            try await writer.finish(nil)
        }
        let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func bytes(of change: RunWatch.Event) throws -> ByteBuffer {
        switch change {
        case .changed(let run): try RunEvent(run).bytes
        case .quiet: ByteBuffer(string: ":\n\n")
        }
    }
}

/// A state of a run as an event; the same state has the same id.
struct RunEvent: Sendable {
    let id: String
    let isLast: Bool
    private let data: Data

    init(_ run: Run) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        data = try encoder.encode(run)
        id = SHA256.hash(data: data).prefix(8).map { String(format: "%02x", $0) }.joined()
        isLast = run.state == .finished
    }

    /// `finished` for the last, `progress` for all before it.
    var bytes: ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(id)\nevent: \(isLast ? "finished" : "progress")\ndata: ")
        buffer.writeBytes(data)
        buffer.writeString("\n\n")
        return buffer
    }
}

extension Problem {
    /// 429: no more listeners.
    static let tooManyStreams = Problem(
        .tooManyRequests,
        "too-many-streams",
        title: "Too many streams",
        detail: "This key, or all together, listen to as many runs as they may.",
        fix: "Close a stream that is not needed any more, or GET the run now and then.",
        headers: [.retryAfter: "30"]
    )
}
