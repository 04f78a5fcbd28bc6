import Kafka
public import Logging
public import Messages
import Pipeline

/// A topic that runs are told again from.
public struct ReplayLog: Sendable {
    /// `wecom.records.v1` or `directory.records.v1`.
    public let topic: Topic
    let settings: [String: String]
    let namespace: TopicNamespace
    let logger: Logger

    /// Those that runs can be told again from.
    public static let topics = [TopicCatalogue.wecomRecords, TopicCatalogue.directoryRecords]

    /// - Parameters:
    ///   - topic: One of ``topics``.
    ///   - settings: librdkafka's own property names.
    public init(topic: Topic, settings: [String: String], namespace: TopicNamespace, logger: Logger) {
        self.topic = topic
        self.settings = settings
        self.namespace = namespace
        self.logger = logger
    }

    /// Reads all of it, and refuses what cannot be told.
    ///
    /// - Throws: ``ReplayRefusal`` with what retention has lost.
    public func require(_ choice: ReplayChoice, of configuration: IdentityProviderConfiguration) async throws {
        let contents = try await contents(of: configuration, choosing: choice)
        if let refusal = contents.refusal(of: choice, on: topic) { throw refusal }
    }

    /// What it holds of an identity provider, and since when.
    struct Contents {
        var words: ObjectWords
        /// When the oldest of the messages was written that the identity provider's partitions still have.
        var since: Timestamp?
        /// Whether they had older ones.
        var isTrimmed = false
    }

    /// Reads all that it holds of an identity provider.
    func contents(
        of configuration: IdentityProviderConfiguration,
        choosing choice: ReplayChoice
    ) async throws -> Contents {
        let terms = configuration.terms
        var contents = Contents(words: ObjectWords(of: configuration.id, under: terms, choosing: choice))
        var oldest: [Int32: (offset: Int64, time: Timestamp)] = [:]
        // More than one where partitions were added.
        var partitions: Set<Int32> = []
        try await forEach { records in
            for record in records {
                let place = record.position
                if oldest[place.partition] == nil {
                    oldest[place.partition] = (place.offset, Timestamp(millisecondsSince1970: record.timestamp))
                }
                guard let message = Self.message(record, of: configuration) else { continue }
                partitions.insert(place.partition)
                if let message = LoggedMessage(message, terms.userIDCase) { contents.words.take(message) }
            }
        }
        let first = partitions.compactMap { oldest[$0] }
        contents.since = first.map(\.time).min()
        contents.isTrimmed = first.contains { $0.offset > 0 }
        return contents
    }

    /// Hands on the records that hold last words, and only those.
    ///
    /// - Parameter pause: Is called again and again, also while none is found.
    func records(
        of configuration: IdentityProviderConfiguration,
        told: [ObjectWords.Key: ObjectWords.Word],
        pausing pause: () async throws -> Void,
        _ body: (LoggedRecords) async throws -> Void
    ) async throws {
        let places = Set(told.values.map(\.place))
        try await forEach { records in
            try await pause()
            for record in records where places.contains(LogPlace(record.position)) {
                guard let message = Self.message(record, of: configuration),
                    let held = try? LoggedRecords(message, configuration.terms.userIDCase)
                else { continue }
                let last = held.only { told[$0]?.place == LogPlace(record.position) }
                if !last.keys.isEmpty { try await body(last) }
            }
        }
    }

    private static func message(_ record: Record, of configuration: IdentityProviderConfiguration) -> IncomingMessage? {
        guard let key = record.key, key.elementsEqual(configuration.id.description.utf8),
            let message = try? IncomingMessage(record), message.envelope.identityProvider == configuration.id,
            message.envelope.tenant == configuration.tenant
        else { return nil }
        return message
    }

    private func forEach(_ body: ([Record]) async throws -> Void) async throws {
        let name = namespace.name(of: topic)
        try await TopicReading(topics: [name], in: .byPartition, settings: settings, logger: logger).forEach(body)
    }
}
