import Synchronization

/// Where the process's spans go. Nowhere, until a program says otherwise at its start.
public enum SpanExport {
    private static let destination = Mutex<Destination?>(nil)

    private struct Destination {
        let ratio: Double
        let take: @Sendable (EndedSpan) -> Void
    }

    /// Hands the spans that end from now on to an exporter.
    ///
    /// - Parameters:
    ///   - ratio: Of the traces that begin in this process, how many are exported; from 0 to 1.
    ///   - take: Takes a span, at once and without waiting.
    public static func begin(ratio: Double, to take: @escaping @Sendable (EndedSpan) -> Void) {
        destination.withLock { $0 = Destination(ratio: ratio, take: take) }
    }

    static func take(_ span: EndedSpan) {
        destination.withLock { $0 }?.take(span)
    }

    /// Whether the next trace that begins here is exported. Where nobody exports, others along the way may.
    static func samplesNext() -> Bool {
        guard let ratio = destination.withLock({ $0?.ratio }) else { return true }
        return ratio >= 1 || Double.random(in: 0..<1) < ratio
    }
}
