public import Kafka
public import Messages

/// What an operator did about a dead letter.
///
/// It is written beside the letter, on the same topic, so that it is kept for as long, and in the transaction that
/// writes the redriven record, so that neither can be had without the other.
public struct Settlement: Sendable, Equatable {
    /// What became of the letter.
    public enum Fate: String, Sendable {
        /// Its record was written to its own topic again.
        case redriven
        /// It needs nothing more.
        case discarded
    }

    private enum Name {
        static let partition = "settled-partition"
        static let offset = "settled-offset"
        static let fate = "settled-as"
        static let time = "settled-at"
        static let operation = "settled-by"
    }

    /// Where the letter lies.
    public let letter: Position
    /// What became of it.
    public let fate: Fate
    /// When.
    public let time: Timestamp
    /// Under which number the audit has it.
    public let operation: String

    /// - Parameters:
    ///   - letter: Where it lies.
    ///   - operation: Under which number the audit has it.
    public init(of letter: Position, as fate: Fate, in operation: String, at time: Timestamp = .now) {
        self.letter = letter
        self.fate = fate
        self.time = time
        self.operation = operation
    }

    /// - Returns: `nil` for a record that settles nothing.
    public init?(_ record: Record) {
        guard let partition = record.header(Name.partition).flatMap(Int32.init),
            let offset = record.header(Name.offset).flatMap(Int64.init),
            let fate = record.header(Name.fate).flatMap(Fate.init),
            let time = record.header(Name.time).flatMap(Timestamp.init),
            let operation = record.header(Name.operation)
        else { return nil }
        self.init(
            of: Position(topic: record.position.topic, partition: partition, offset: offset),
            as: fate,
            in: operation,
            at: time
        )
    }

    /// As it is written beside the letter.
    public var record: OutgoingRecord {
        OutgoingRecord(
            topic: letter.topic,
            key: nil,
            value: nil,
            headers: [
                Header(Name.partition, "\(letter.partition)"),
                Header(Name.offset, "\(letter.offset)"),
                Header(Name.fate, fate.rawValue),
                Header(Name.time, time.description),
                Header(Name.operation, operation),
            ]
        )
    }
}
