import Synchronization

/// The faults that are in force, in the order in which they were set.
final class FaultBook: Sendable {
    private struct State {
        var faults: [(id: String, fault: Fault)] = []
        var made = 0
    }

    private let state = Mutex(State())
    private let count = Atomic<Int>(0)

    /// Whether there are any; costs next to nothing.
    var areSet: Bool { count.load(ordering: .relaxed) > 0 }

    func insert(_ fault: Fault) -> String {
        state.withLock { state in
            state.made += 1
            state.faults.append(("fault-\(state.made)", fault))
            count.store(state.faults.count, ordering: .relaxed)
            return "fault-\(state.made)"
        }
    }

    /// Removes one, or all.
    func remove(_ id: String? = nil) {
        state.withLock { state in
            state.faults.removeAll { id == nil || $0.id == id }
            count.store(state.faults.count, ordering: .relaxed)
        }
    }

    /// The first fault that meets this call; it is used up by one.
    func take(for call: APICall, corpID: String?) -> Fault? {
        state.withLock { state in
            for index in state.faults.indices where state.faults[index].fault.matches(call, corpID: corpID) {
                if state.faults[index].fault.afterCalls > 0 {
                    state.faults[index].fault.afterCalls -= 1
                    continue
                }
                guard state.faults[index].fault.isInForce(at: .now) else { continue }
                let fault = state.faults[index].fault
                if let times = fault.times {
                    state.faults[index].fault.times = times - 1
                    if times <= 1 { state.faults.remove(at: index) }
                    count.store(state.faults.count, ordering: .relaxed)
                }
                return fault
            }
            return nil
        }
    }

    var ids: [String] { state.withLock { $0.faults.map(\.id) } }
}
