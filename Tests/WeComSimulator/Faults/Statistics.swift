import Synchronization

/// Counts the calls of each API, those refused, and how many were under way at once.
final class Statistics: Sendable {
    /// One call under way.
    struct Passage: Sendable {
        fileprivate let path: String
        fileprivate let lane: String
        /// How many calls of this API are under way for the corp, this one included.
        let concurrency: Int
    }

    struct Counts: Sendable, Equatable {
        var calls = 0
        var maximumConcurrency = 0
        /// How often each error code was answered.
        var refusals: [Int: Int] = [:]
    }

    private struct State {
        var counts: [String: Counts] = [:]
        var lanes: [String: Int] = [:]
        var underWay = 0
        var maximumConcurrency = 0
    }

    private let state = Mutex(State())

    func enter(_ path: String, corpID: String?) -> Passage {
        let lane = "\(corpID ?? "") \(path)"
        let concurrency = state.withLock { state in
            state.underWay += 1
            state.maximumConcurrency = max(state.maximumConcurrency, state.underWay)
            let concurrency = state.lanes[lane, default: 0] + 1
            state.lanes[lane] = concurrency
            var counts = state.counts[path, default: Counts()]
            counts.calls += 1
            counts.maximumConcurrency = max(counts.maximumConcurrency, concurrency)
            state.counts[path] = counts
            return concurrency
        }
        return Passage(path: path, lane: lane, concurrency: concurrency)
    }

    func leave(_ passage: Passage) {
        state.withLock { state in
            state.underWay -= 1
            state.lanes[passage.lane, default: 1] -= 1
        }
    }

    func refused(_ path: String, code: Int) {
        state.withLock { $0.counts[path, default: Counts()].refusals[code, default: 0] += 1 }
    }

    func reset() {
        state.withLock { state in
            state.counts = [:]
            state.maximumConcurrency = state.underWay
        }
    }

    /// By API; and the most calls of all APIs together that were under way at once.
    var report: (counts: [String: Counts], maximumConcurrency: Int) {
        state.withLock { ($0.counts, $0.maximumConcurrency) }
    }
}
