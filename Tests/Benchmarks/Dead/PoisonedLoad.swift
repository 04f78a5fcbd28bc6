import DeadLetterTesting
import Kafka
import Messages

/// Good records of one round, and poisoned ones that lie evenly among them.
struct PoisonedLoad: Sendable {
    let round: String
    let good: Int
    let poisoned: Int

    private static let portion = 10_000

    /// How many there are of each kind: as many of all, and one more of the first ones where that does not come out even.
    var countsByReason: [String: Int] {
        Dictionary(poisons.map { ($0.kind.rawValue, 1) }, uniquingKeysWith: +)
    }

    private var poisons: [(kind: PoisonKind, number: Int)] {
        let kinds = PoisonKind.allCases
        return (0..<poisoned).map { (kind: kinds[$0 % kinds.count], number: $0 / kinds.count) }
    }

    func send(to topic: String, by producer: Producer) async throws {
        let (tenant, poisons) = (TenantID.make(), self.poisons)
        var next = 0
        for start in stride(from: 0, to: good, by: Self.portion) {
            let end = min(start + Self.portion, good)
            var records = try (start..<end).map { try PoisonKind.good($0, round, of: tenant, to: topic) }
            let share = poisons.count * end / good
            for poison in poisons[next..<share] {
                let record = try poison.kind.record(poison.number, of: tenant, to: topic)
                records.insert(record, at: Int.random(in: 0...records.count))
            }
            next = share
            _ = try await producer.send(records)
        }
    }
}
