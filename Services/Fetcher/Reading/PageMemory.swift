import Synchronization

/// How many bytes of fetched pages this program has in memory, over all runs: those that are with the brokers are not
/// counted any more.
final class PageMemory: Sendable {
    private let limit: Int
    private let bytes = Mutex(0)

    /// - Parameter limit: Bytes beyond which no run reads on that has something in hand.
    init(limit: Int = 256 << 20) { self.limit = limit }

    var isFull: Bool { bytes.withLock { $0 >= limit } }

    func add(_ count: Int) { bytes.withLock { $0 += count } }
}

/// A run's part of the ``PageMemory``: whether there is room for one more answer of WeCom.
///
/// Nobody knows how large an answer will be: each that is still to come counts as the largest that the run has met. A run
/// with nothing in hand reads on whatever others hold, so that none waits for another's writer.
struct PageRoom {
    /// Bytes of a run, as a rule.
    static let limit = 32 << 20
    /// What an answer counts before any has come.
    static let firstGuess = 1 << 20

    private let memory: PageMemory
    private let limit: Int
    private var held = 0
    private var awaited = 0
    private var largest: Int?

    init(in memory: PageMemory, limit: Int = PageRoom.limit) {
        self.memory = memory
        self.limit = limit
    }

    /// Whether another answer may be asked for.
    var isFree: Bool {
        if held == 0, awaited == 0 { return true }
        return held + (awaited + 1) * (largest ?? Self.firstGuess) <= limit && !memory.isFull
    }

    /// An answer is asked for.
    mutating func expect() { awaited += 1 }

    /// An answer has come, of so many bytes that wait to be sent.
    mutating func take(_ bytes: Int) {
        awaited -= 1
        largest = max(largest ?? 0, bytes)
        held += bytes
        memory.add(bytes)
    }

    /// An answer has not come.
    mutating func giveUp() { awaited -= 1 }

    /// So many bytes are with the brokers.
    mutating func free(_ bytes: Int) {
        held -= bytes
        memory.add(-bytes)
    }

    /// The run goes on no more, and lets go of all that it holds.
    mutating func close() { free(held) }
}
