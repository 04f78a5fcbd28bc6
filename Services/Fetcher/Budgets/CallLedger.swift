import Egress
import WeCom

/// The calls that this instance may make, taken from the budgets in chunks: the more, the faster they are used up.
actor CallLedger: CallBudget {
    private struct Chunk {
        var left: Int
        let end: ContinuousClock.Instant
        let size: Int
    }

    /// Calls that are taken at first, and at most: what is taken and not made is lost with the minute.
    static let chunks = (first: 8, most: 256)
    /// Nobody waits longer than for the next minute.
    private static let patience = Duration.seconds(61)

    private let limits: CallLimits
    private let address: String
    private let take: @Sendable (Int, String, [CallCounter]) async throws -> BudgetStore.Answer
    private var chunks: [BudgetedCall: Chunk] = [:]
    /// Until when no calls are left.
    private var spentUntil: [BudgetedCall: ContinuousClock.Instant] = [:]
    /// For which of them somebody asks the database just now, whose answer others wait for.
    private var asking: Set<BudgetedCall> = []
    private let answered = Bell()

    /// - Parameters:
    ///   - address: What tells the address that this program calls from.
    ///   - take: Takes calls of an interface from counters.
    init(
        limits: CallLimits,
        address: String,
        take: @escaping @Sendable (Int, String, [CallCounter]) async throws -> BudgetStore.Answer
    ) {
        self.limits = limits
        self.address = address
        self.take = take
    }

    func spend(_ call: BudgetedCall) async throws {
        while true {
            try Task.checkCancellation()
            if takeOne(call) { return }
            if asking.contains(call) {
                try await answered.wait(atMost: .seconds(1))
            } else if let end = spentUntil[call], end > .now {
                guard end - .now <= Self.patience else { throw WeComError(.budgetSpent, path: call.interface) }
                try await Task.sleep(until: end, clock: .continuous)
            } else {
                try await ask(for: call)
            }
        }
    }

    private func takeOne(_ call: BudgetedCall) -> Bool {
        guard let chunk = chunks[call], chunk.left > 0, ContinuousClock.now < chunk.end else { return false }
        chunks[call]?.left -= 1
        return true
    }

    private func ask(for call: BudgetedCall) async throws {
        let now = ContinuousClock.now
        chunks = chunks.filter { $0.value.end > now }
        spentUntil = spentUntil.filter { $0.value > now }
        let size = chunks[call].map { min($0.size * 2, Self.chunks.most) } ?? Self.chunks.first
        asking.insert(call)
        defer {
            asking.remove(call)
            answered.ring()
        }
        switch try await take(size, call.interface, limits.counters(of: call, from: address)) {
        case .granted(let calls, let lasting): chunks[call] = Chunk(left: calls, end: now + lasting, size: size)
        case .spent(let wait): spentUntil[call] = now + wait
        }
    }
}
