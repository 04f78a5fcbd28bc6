import Logging
import Synchronization

/// Counts the warnings of whoever is given its logger, and writes nothing.
final class WarningCounter: Sendable {
    private let warnings = Atomic(0)

    var count: Int { warnings.load(ordering: .relaxed) }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(counter: self) }
    }

    private struct Handler: LogHandler {
        let counter: WarningCounter
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            counter.warnings.add(1, ordering: .relaxed)
        }
    }
}
