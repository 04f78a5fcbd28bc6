import Synchronization

/// Which faults came about, by kind.
final class FaultTally: Sendable {
    private let counts = Mutex<[FaultKind: Int]>([:])

    func add(_ kind: FaultKind) { counts.withLock { $0[kind, default: 0] += 1 } }

    var count: Int { counts.withLock { $0.values.reduce(0, +) } }

    /// Each kind with its count, in the order of the kinds.
    var text: String {
        let counts = counts.withLock { $0 }
        return FaultKind.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }.joined(separator: ", ")
    }
}
