import Kafka
import Pipeline
import Synchronization

/// What all members of a group did together, and what they must not have done.
final class Ledger: Sendable {
    private struct State {
        /// Who has which partition in hand.
        var hands: [TopicPartition: String] = [:]
        /// The offset behind the last one that was handled, by partition.
        var handled: [TopicPartition: Int64] = [:]
        var repeated = 0
        var faults: [String] = []
    }

    private let state = Mutex(State())

    /// What went wrong, in words.
    var faults: [String] { state.withLock { $0.faults } }

    /// How many records were handled so far, each counted once.
    var count: Int64 { state.withLock { $0.handled.values.reduce(0, +) } }

    func begin(_ batch: PartitionBatch, by member: String) {
        state.withLock { state in
            if let other = state.hands[batch.partition] {
                state.faults.append("\(batch.partition) is in the hands of \(other) and \(member)")
            }
            state.hands[batch.partition] = member
        }
    }

    func end(_ batch: PartitionBatch, isHandled: Bool) {
        state.withLock { state in
            state.hands[batch.partition] = nil
            guard isHandled else { return }
            for offset in batch.records.map(\.position.offset) {
                let next = state.handled[batch.partition] ?? 0
                if offset > next { state.faults.append("\(batch.partition) went from \(next) to \(offset)") }
                state.handled[batch.partition] = max(next, offset + 1)
            }
        }
    }
}

/// A handler that takes its time, fails now and then, and writes into the ledger.
struct LedgerKeeper: StageHandler {
    let ledger: Ledger
    let name: String
    /// Milliseconds at most.
    let slowness: Int

    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        ledger.begin(batch, by: name)
        let fails = Int.random(in: 0..<20) == 0
        // To its end, though the stage be cancelled: what is in hand is in hand.
        await Task { try? await Task.sleep(for: .milliseconds(Int.random(in: 0...slowness))) }.value
        ledger.end(batch, isHandled: !fails)
        if fails { throw Transient() }
        return []
    }
}

/// Chance that can be had again.
struct Seed: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
