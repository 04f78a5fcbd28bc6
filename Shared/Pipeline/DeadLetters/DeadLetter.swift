public import Kafka
public import Messages

/// A record read from a topic of dead letters.
public struct DeadLetter: Sendable {
    /// The headers that a dead letter has beside the record's own.
    enum Name {
        static let reason = "dead-reason"
        static let stage = "dead-stage"
        static let attempts = "dead-attempts"
        static let firstSeen = "dead-first-seen"
        static let topic = "dead-topic"
        static let partition = "dead-partition"
        static let offset = "dead-offset"
        /// The key's bytes, where they are no text.
        static let key = "dead-key"
        /// How long the value was that did not fit beside the headers.
        static let omittedBytes = "dead-omitted-bytes"
        static let prefix = "dead-"
    }

    /// The record as it lies among the dead letters.
    public let record: Record
    /// Why it could not be handled.
    public let reason: String
    /// Which stage could not.
    public let stage: String
    /// How often it was tried.
    public let attempts: Int
    /// When it was tried first.
    public let firstSeen: Timestamp
    /// Where it came from.
    public let origin: Position

    /// - Returns: `nil` when the record's headers are not those of a dead letter.
    public init?(_ record: Record) {
        guard let reason = record.header(Name.reason), let stage = record.header(Name.stage),
            let attempts = record.header(Name.attempts).flatMap(Int.init),
            let firstSeen = record.header(Name.firstSeen).flatMap(Timestamp.init),
            let topic = record.header(Name.topic),
            let partition = record.header(Name.partition).flatMap(Int32.init),
            let offset = record.header(Name.offset).flatMap(Int64.init)
        else { return nil }
        self.record = record
        self.reason = reason
        self.stage = stage
        self.attempts = attempts
        self.firstSeen = firstSeen
        origin = Position(topic: topic, partition: partition, offset: offset)
    }

    /// Whether the value was too large to be kept; it can still be read at its origin.
    public var isCut: Bool { record.header(Name.omittedBytes) != nil }

    /// The record as it was, to be handled once more; `nil` when its value was not kept.
    public var restored: OutgoingRecord? {
        guard !isCut else { return nil }
        return OutgoingRecord(
            topic: origin.topic,
            key: record.key.map { String(decoding: $0, as: UTF8.self) },
            value: record.value,
            headers: record.headers.filter { !$0.name.hasPrefix(Name.prefix) }
        )
    }
}
