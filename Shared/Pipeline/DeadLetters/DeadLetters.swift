public import Kafka
import Logging
public import Messages

/// Where a stage puts the records that it can never handle: `<topic>.<stage>.dead`.
///
/// A dead letter is the record with its key, value and headers untouched, and headers that say
/// why, where and when (architecture.md §2).
public struct DeadLetters: Sendable {
    private let stage: String
    private let producer: Producer

    /// - Parameters:
    ///   - stage: The consumer's name.
    ///   - producer: Writes them.
    public init(stage: String, producer: Producer) {
        self.stage = stage
        self.producer = producer
    }

    /// The topic, by the name that the record's own topic has on the broker.
    public static func topic(of topic: String, stage: String) -> String { "\(topic).\(stage).dead" }

    /// Writes records and returns once the brokers have them.
    ///
    /// - Parameters:
    ///   - attempts: How often they were handled in vain, this time included.
    ///   - firstSeen: When they were handled first.
    /// - Throws: `KafkaError`.
    public func send(_ rejections: [Rejection], attempts: Int, firstSeen: Timestamp) async throws {
        guard !rejections.isEmpty else { return }
        let letters = rejections.map {
            Self.letter($0, stage: stage, attempts: attempts, firstSeen: firstSeen)
        }
        do {
            try await producer.send(letters)
        } catch let error as KafkaError where error.code == .messageTooLarge {
            // The headers made it too large. Its value can still be read at its origin.
            for letter in letters { try await sendCutting(letter) }
        }
    }

    private func sendCutting(_ letter: OutgoingRecord) async throws {
        do {
            _ = try await producer.send(letter)
        } catch let error as KafkaError where error.code == .messageTooLarge {
            var letter = letter
            letter.headers.append(Header(DeadLetter.Name.omittedBytes, "\(letter.value?.count ?? 0)"))
            letter.value = nil
            _ = try await producer.send(letter)
        }
    }

    /// The letter of a record: for handlers that write it in their own transaction, and for the stage.
    ///
    /// - Parameters:
    ///   - stage: The consumer's name.
    ///   - attempts: How often the record was handled in vain, this time included.
    ///   - firstSeen: When it was handled first.
    public static func letter(
        _ rejection: Rejection,
        stage: String,
        attempts: Int = 1,
        firstSeen: Timestamp = .now
    ) -> OutgoingRecord {
        let (record, position) = (rejection.record, rejection.record.position)
        var headers = record.headers
        headers.append(Header(DeadLetter.Name.reason, rejection.reason))
        headers.append(Header(DeadLetter.Name.stage, stage))
        headers.append(Header(DeadLetter.Name.attempts, "\(attempts)"))
        headers.append(Header(DeadLetter.Name.firstSeen, firstSeen.description))
        headers.append(Header(DeadLetter.Name.topic, position.topic))
        headers.append(Header(DeadLetter.Name.partition, "\(position.partition)"))
        headers.append(Header(DeadLetter.Name.offset, "\(position.offset)"))
        let key = record.key.map { String(decoding: $0, as: UTF8.self) }
        if let key, Array(key.utf8) != record.key {
            headers.append(Header(DeadLetter.Name.key, bytes: record.key))
        }
        return OutgoingRecord(
            topic: topic(of: position.topic, stage: stage),
            key: key,
            value: record.value,
            headers: headers
        )
    }
}
