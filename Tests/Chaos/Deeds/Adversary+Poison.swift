import Kafka
import Messages
import SuiteTesting

extension Adversary {
    /// Kinds that are sent, at most; of each a few records.
    private static let most = 12

    func poison(_ fault: Fault) async throws {
        var random = SeededGenerator(seed: fault.seed)
        // As much as the brokers take.
        let settings = field.suite.brokerSettings.merging(
            ["message.max.bytes": "1048588", "message.timeout.ms": "20000"]
        ) { $1 }
        let producer = try Producer(settings: settings, logger: quietLogger())
        let all = field.forgers.poisons(field.incarnation).shuffled(using: &random)
        // What others say is never left out: that it counts shows by nothing else.
        let poisons = all.filter(\.isForeign) + all.filter { !$0.isForeign }.prefix(Self.most)
        for forger in [field.forgers.ofPages, field.forgers.ofPeople] { try await send(forger.begin, producer) }
        for poison in poisons {
            for number in 0..<Int.random(in: 1...3, using: &random) {
                try await send(poison.make(number, .make()), producer)
            }
        }
        for forger in [field.forgers.ofPages, field.forgers.ofPeople] { try await send(forger.end, producer) }
    }

    private func send(_ record: OutgoingRecord, _ producer: Producer) async throws {
        field.poisoned.note(try await producer.send(record))
    }
}
