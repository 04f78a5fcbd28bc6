import Kafka
import Logging

/// Reads what topics hold when reading begins.
struct TopicReading: Sendable {
    /// By their names on the broker; each has to be there.
    let topics: [String]
    let settings: [String: String]
    let logger: Logger

    /// Hands the records on as they come, those of a partition in their order.
    func forEach(_ body: ([Record]) async throws -> Void) async throws {
        let reader = try BroadcastConsumer(topics: topics, from: .beginning, settings: settings, logger: logger)
        do {
            while try await !reader.isCaughtUp() {
                try await body(try await reader.poll(upTo: 1_000, patience: .milliseconds(100)))
            }
        } catch {
            try? await reader.close()
            throw error
        }
        try await reader.close()
    }
}
