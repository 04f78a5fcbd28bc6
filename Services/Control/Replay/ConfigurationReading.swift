import Kafka
import Logging
import Messages
import Pipeline

/// What the registry published of identity providers.
struct ConfigurationReading: Sendable {
    /// Its name at the brokers.
    let topic: String
    let settings: [String: String]
    let logger: Logger

    /// All that are not deleted, as they are configured now, by their ids.
    func latest() async throws -> [IdentityProviderConfiguration] {
        var latest: [IdentityProviderID: IdentityProviderConfiguration] = [:]
        let reading = TopicReading(topics: [topic], settings: settings, logger: logger)
        try await reading.forEach { records in
            for record in records {
                guard let message = try? IncomingMessage(record),
                    let configuration = try? message.decode(IdentityProviderConfiguration.self),
                    latest[configuration.id].map({ $0.revision < configuration.revision }) ?? true
                else { continue }
                latest[configuration.id] = configuration
            }
        }
        return latest.values.filter { $0.status != .deleted }.sorted { $0.id < $1.id }
    }
}
