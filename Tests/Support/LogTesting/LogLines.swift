public import Logging
import Synchronization

/// Keeps what is logged by whoever is given its ``logger``, and writes nothing.
public final class LogLines: Sendable {
    /// One line.
    public struct Line: Sendable, CustomStringConvertible {
        /// How serious.
        public let level: Logger.Level
        /// The sentence.
        public let message: String
        /// With that of the logger.
        public let metadata: Logger.Metadata

        /// Sentence and metadata.
        public var description: String { "\(message) \(metadata)" }
    }

    private let level: Logger.Level
    private let lines = Mutex<[Line]>([])

    /// - Parameter level: What is less serious is left out.
    public init(from level: Logger.Level = .trace) { self.level = level }

    /// In the order in which they were logged.
    public var all: [Line] { lines.withLock { $0 } }

    /// Gives lines to this.
    public var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self, logLevel: level) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.lines.withLock { lines in
                lines.append(Line(level: event.level, message: "\(event.message)", metadata: all))
            }
        }
    }
}
