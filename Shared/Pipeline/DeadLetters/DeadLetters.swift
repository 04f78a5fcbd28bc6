import Failures
public import Kafka
import Logging
public import Messages

/// Where a stage puts the records that it can never handle: `<topic>.<stage>.dead`.
///
/// A dead letter is the record with its key, value and headers untouched, as far as they fit, and headers that say why,
/// where and when (architecture.md §2).
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
        func letters(of rejections: [Rejection], within bytes: Int = DeadLetter.mostBytes) -> [OutgoingRecord] {
            rejections.map {
                Self.letter($0, stage: stage, attempts: attempts, firstSeen: firstSeen, within: bytes)
            }
        }
        let refused = try await producer.sendUnlessRefused(letters(of: rejections))
        for (index, error) in refused.sorted(by: { $0.key < $1.key }) {
            // The client or the brokers take less than usual.
            guard error.code == .messageTooLarge else { throw error }
            try await sendSmaller { letters(of: [rejections[index]], within: $0) }
        }
    }

    /// Leaves out more and more, until the letter is taken.
    private func sendSmaller(_ letter: (_ bytes: Int) -> [OutgoingRecord]) async throws {
        var bytes = DeadLetter.mostBytes
        while true {
            do {
                _ = try await producer.send(letter(bytes))
                return
            } catch let error as KafkaError where error.code == .messageTooLarge && bytes > DeadLetter.fewestBytes {
                bytes /= 4
            }
        }
    }

    /// The letter of a record: for handlers that write it in their own transaction, and for the stage. It is never too
    /// large: what does not fit is left out, and how much that was is told in headers.
    ///
    /// - Parameters:
    ///   - stage: The consumer's name.
    ///   - attempts: How often the record was handled in vain, this time included.
    ///   - firstSeen: When it was handled first.
    ///   - bytes: How large key, value and headers may be together.
    public static func letter(
        _ rejection: Rejection,
        stage: String,
        attempts: Int = 1,
        firstSeen: Timestamp = .now,
        within bytes: Int = DeadLetter.mostBytes
    ) -> OutgoingRecord {
        let (record, position) = (rejection.record, rejection.record.position)
        return LetterFitting(record, within: bytes).letter(
            topic: topic(of: position.topic, stage: stage),
            saying: [
                Header(DeadLetter.Name.code, rejection.cause.code),
                Header(DeadLetter.Name.advice, rejection.cause.sentence),
                Header(DeadLetter.Name.reason, DeadLetter.shortened(rejection.reason)),
                Header(DeadLetter.Name.stage, stage),
                Header(DeadLetter.Name.attempts, "\(attempts)"),
                Header(DeadLetter.Name.firstSeen, firstSeen.description),
                Header(DeadLetter.Name.topic, position.topic),
                Header(DeadLetter.Name.partition, "\(position.partition)"),
                Header(DeadLetter.Name.offset, "\(position.offset)"),
            ]
        )
    }
}
