import Failures
import Kafka

/// Writes redriven records with their settlements, a transaction for a portion.
struct LetterSettling {
    /// What belongs to one letter.
    struct Pair: Sendable {
        let id: String
        let records: [OutgoingRecord]
    }

    let writer: TransactionalProducer
    var pace: Pace
    /// How many letters are settled.
    private(set) var count = 0
    /// Those that the brokers refuse for good, with the reason.
    private(set) var refused: [String: String] = [:]

    init(writer: TransactionalProducer, pace: Pace) {
        self.writer = writer
        self.pace = pace
    }

    /// Settles a portion; of one that is refused for good, each letter by itself.
    mutating func settle(_ pairs: [Pair]) async throws {
        guard let first = pairs.first else { return }
        try await pace.wait(for: pairs.count)
        do {
            try await writer.sendTransaction(pairs.flatMap(\.records))
            count += pairs.count
        } catch  where FailureClass(of: error) == .permanent {
            guard pairs.count > 1 else { return refused[first.id] = "\(error)" }
            for pair in pairs { try await settle([pair]) }
        }
    }
}
