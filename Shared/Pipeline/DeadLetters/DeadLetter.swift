public import Failures
public import Kafka
public import Messages

/// A record read from a topic of dead letters.
public struct DeadLetter: Sendable {
    /// The headers that a dead letter has beside the record's own.
    enum Name {
        /// The service's name of the reason, and its sentence.
        static let code = "dead-code"
        static let advice = "dead-advice"
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
        /// How many headers did not fit.
        static let omittedHeaders = "dead-omitted-headers"
        /// How long the key was that did not fit.
        static let omittedKeyBytes = "dead-omitted-key-bytes"
        static let prefix = "dead-"
    }

    /// How large a letter is at most: what clients and brokers take unless they are told otherwise is 1,000,000.
    public static let mostBytes = 980_000
    /// Room for what a letter says itself, when the brokers take so little that nothing of the record fits.
    static let fewestBytes = 4_096
    private static let mostReasonBytes = 1_000

    /// A reason that is short enough for a header, cut between characters.
    static func shortened(_ reason: String) -> String {
        guard reason.utf8.count > mostReasonBytes else { return reason }
        var (short, bytes) = ("", 0)
        for character in reason {
            bytes += character.utf8.count
            guard bytes <= mostReasonBytes else { break }
            short.append(character)
        }
        return short + "…"
    }

    /// The record as it lies among the dead letters.
    public let record: Record
    /// Why it could not be handled, in particular.
    public let reason: String
    /// Why, by one of the service's reasons.
    public let cause: RejectionCause
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
        cause = RejectionCause(
            code: record.header(Name.code) ?? ReadingRefusal.failedForGood.rawValue,
            sentence: record.header(Name.advice) ?? ReadingRefusal.failedForGood.sentence
        )
        self.stage = stage
        self.attempts = attempts
        self.firstSeen = firstSeen
        origin = Position(topic: topic, partition: partition, offset: offset)
    }

    /// Whether something was too large to be kept: value, key or headers. It can still be read at its origin.
    public var isCut: Bool {
        [Name.omittedBytes, Name.omittedHeaders, Name.omittedKeyBytes].contains { record.header($0) != nil }
    }

    /// The record as it was, to be handled once more; `nil` when not all of it was kept.
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
