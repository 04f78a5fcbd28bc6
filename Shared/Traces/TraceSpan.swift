import Synchronization

/// A step of a trace that is under way.
///
/// It says what was done, when, for which run and how it ended; never a value of a person.
public final class TraceSpan: Sendable {
    /// What kind of step it is, in OpenTelemetry's numbers.
    public enum Kind: Int, Sendable {
        /// Done within one program.
        case `internal` = 1
        /// Answers a request.
        case server = 2
        /// Does what a message asks for.
        case consumer = 5
    }

    /// The span of this task, and of those that it starts.
    @TaskLocal public static var current: TraceSpan?

    /// What others name it by.
    public let context: TraceContext
    /// The span that it is a step of; `nil` where the trace begins.
    public let parent: TraceContext?
    private let kind: Kind
    private let began = EpochNanoseconds.now
    private let state: Mutex<State>

    private struct State {
        var name: String
        var attributes: [String: SpanAttribute]
        var links: [TraceContext] = []
        var error: String?
        var isEnded = false
    }

    /// Begins a span; ``end()`` has to be called.
    ///
    /// - Parameters:
    ///   - parent: What it is a step of; by default the current span, and a new trace where there is none.
    public init(
        _ name: String,
        kind: Kind = .internal,
        of parent: TraceContext? = TraceSpan.current?.context,
        _ attributes: [String: SpanAttribute] = [:]
    ) {
        self.parent = parent
        self.kind = kind
        context = parent?.child() ?? .make()
        state = Mutex(State(name: name, attributes: attributes))
    }

    /// Does something as a span, which is the current one meanwhile.
    ///
    /// - Throws: What `body` throws; the span tells that it failed, and of which kind the error is.
    public static func during<Result>(
        _ name: String,
        kind: Kind = .internal,
        of parent: TraceContext? = TraceSpan.current?.context,
        _ attributes: [String: SpanAttribute] = [:],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (TraceSpan) async throws -> Result
    ) async rethrows -> Result {
        let span = TraceSpan(name, kind: kind, of: parent, attributes)
        defer { span.end() }
        do {
            return try await $current.withValue(span) { try await body(span) }
        } catch {
            span.fail("\(type(of: error))")
            throw error
        }
    }

    /// Names it otherwise, as a request's route is known late.
    public func rename(_ name: String) { change { $0.name = name } }

    /// Says more of it.
    public func set(_ attribute: String, _ value: SpanAttribute) { change { $0.attributes[attribute] = value } }

    /// Names a span of another trace that it follows from.
    public func link(_ other: TraceContext) { change { $0.links.append(other) } }

    /// Says that it failed.
    ///
    /// - Parameter reason: A kind of error, without values.
    public func fail(_ reason: String) { change { $0.error = reason } }

    /// Ends it, and hands it to whoever exports spans. A second time does nothing.
    public func end() {
        let ended: State? = state.withLock { state in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            return state
        }
        guard let ended, context.isSampled else { return }
        SpanExport.take(
            EndedSpan(
                context: context,
                parent: parent,
                kind: kind,
                name: ended.name,
                began: began,
                ended: .now,
                attributes: ended.attributes,
                links: ended.links,
                error: ended.error
            )
        )
    }

    private func change(_ body: (inout sending State) -> Void) {
        state.withLock { if !$0.isEnded { body(&$0) } }
    }
}
