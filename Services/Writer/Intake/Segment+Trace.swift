import Messages
import Traces

extension Segment {
    /// Makes the writing of each identity provider's part a span, of which what is told of it is a part in turn.
    ///
    /// - Returns: The spans, to be ended once the transaction is committed.
    mutating func trace() -> [TraceSpan] {
        sources.keys.compactMap { id in
            guard let source = sources[id] else { return nil }
            let span = TraceSpan("write", kind: .consumer, of: source.trace)
            span.describe(source.run.id, of: id)
            sources[id]?.trace = span.context
            return span
        }
    }
}
