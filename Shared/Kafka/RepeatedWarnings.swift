import Logging
import Synchronization

/// Tells what librdkafka complains of: of each kind the first line at once, and those after it once a minute, by
/// number. A broker that is away is one piece of news, not a thousand.
final class RepeatedWarnings: Sendable {
    private static let interval: Duration = .seconds(60)

    private struct Kind {
        var told: ContinuousClock.Instant
        var untold = 0
    }

    private let logger: Logger
    private let kinds = Mutex<[String: Kind]>([:])

    init(_ logger: Logger) { self.logger = logger }

    /// - Parameter kind: What the line is about; lines below a warning are always told.
    func log(_ level: Logger.Level, _ message: String, kind: String, facility: String? = nil) {
        var metadata: Logger.Metadata = [:]
        if let facility { metadata["facility"] = "\(facility)" }
        if level >= .warning {
            guard let untold = admit(kind) else { return }
            if untold > 0 { metadata["repeated"] = "\(untold)" }
        }
        logger.log(level: level, "\(message)", metadata: metadata)
    }

    /// - Returns: How many were not told since the last one; `nil` when this one is not to be told either.
    private func admit(_ kind: String, now: ContinuousClock.Instant = .now) -> Int? {
        kinds.withLock { kinds in
            if let known = kinds[kind], now - known.told < Self.interval {
                kinds[kind]?.untold += 1
                return nil
            }
            defer { kinds[kind] = Kind(told: now) }
            return kinds[kind]?.untold ?? 0
        }
    }
}
