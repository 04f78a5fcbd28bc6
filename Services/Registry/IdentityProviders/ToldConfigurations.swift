import Kafka
import Logging
import Messages
import Pipeline

/// What the topics of configurations say at this moment, as their readers have it.
struct ToldConfigurations: Sendable {
    let settings: StageSettings
    let logger: Logger

    /// The newest state of each.
    struct Contents: Sendable {
        var providers: [IdentityProviderID: IdentityProviderConfiguration] = [:]
        var clients: [ClientID: ClientConfiguration] = [:]

        /// Takes a state in, if it is newer than what is known, as every reader does.
        mutating func take(_ configuration: IdentityProviderConfiguration) {
            let known = providers[configuration.id]?.revision
            if known.map({ $0 < configuration.revision }) ?? true { providers[configuration.id] = configuration }
        }

        mutating func take(_ client: ClientConfiguration) {
            let known = clients[client.id]?.revision
            if known.map({ $0 < client.revision }) ?? true { clients[client.id] = client }
        }
    }

    /// Reads both topics to their ends; what cannot be read is left out, as by every reader.
    ///
    /// - Throws: `KafkaError`.
    func read() async throws -> Contents {
        let admin = try Admin(settings: settings.kafka, logger: logger)
        let there = Set(try await admin.topicNames())
        try await admin.close()
        let names = [TopicCatalogue.configuration, TopicCatalogue.clients].map(settings.namespace.name(of:))
        var contents = Contents()
        for name in names where there.contains(name) {
            let reader = try BroadcastConsumer(
                topics: [name],
                from: .beginning,
                settings: settings.kafka,
                logger: logger
            )
            do {
                while try await !reader.isCaughtUp() {
                    for record in try await reader.poll(upTo: 1_000, patience: .milliseconds(100)) {
                        contents.take(record)
                    }
                }
            } catch {
                try? await reader.close()
                throw error
            }
            try await reader.close()
        }
        return contents
    }
}

extension ToldConfigurations.Contents {
    fileprivate mutating func take(_ record: Record) {
        guard let value = record.value else { return }
        switch record.header("ce_type").map({ MessageType(rawValue: $0) }) {
        case IdentityProviderConfiguration.type?:
            if let configuration = try? IdentityProviderConfiguration.decode(value) { take(configuration) }
        case ClientConfiguration.type?:
            if let client = try? ClientConfiguration.decode(value) { take(client) }
        default: break
        }
    }
}
