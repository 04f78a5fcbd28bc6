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

    /// A partition that no broker leads would be waited for without end.
    private static let patience = Duration.seconds(30)

    /// Reads both topics to their ends; what cannot be read is left out, as by every reader.
    ///
    /// - Throws: `KafkaError`, with the code `timedOut` when nothing comes though the ends are not reached;
    ///   `CancellationError`.
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
                try await read(name, by: reader, into: &contents)
            } catch {
                try? await reader.close()
                throw error
            }
            try await reader.close()
        }
        return contents
    }

    private func read(_ name: String, by reader: BroadcastConsumer, into contents: inout Contents) async throws {
        var heardAt = ContinuousClock.now
        while try await !reader.isCaughtUp() {
            try Task.checkCancellation()
            let records = try await reader.poll(upTo: 1_000, patience: .milliseconds(100))
            for record in records { contents.take(record) }
            if !records.isEmpty { heardAt = .now }
            guard heardAt.duration(to: .now) < Self.patience else {
                throw KafkaError(.timedOut, in: "read \(name) to its end")
            }
        }
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
