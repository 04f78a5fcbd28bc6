import NIOCore
import Synchronization

/// Whether anything flows, how, and through which connections.
final class Flow: Sendable {
    /// What becomes of what is said.
    enum Mode: Equatable {
        case open
        /// Everything is swallowed.
        case cut
        /// Answers are swallowed.
        case deaf
        /// Everything arrives later.
        case slow(Duration)
        /// Every connection is closed.
        case refusing
    }

    private struct State {
        var mode = Mode.open
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())

    var mode: Mode { state.withLock { $0.mode } }

    var isCut: Bool { mode == .cut }

    var isRefusing: Bool { mode == .refusing }

    /// - Returns: Whether what the connection says is to be passed on.
    func admit(_ channel: any Channel) -> Bool {
        state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.mode != .cut && state.mode != .refusing
        }
    }

    func forget(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    func cut() { turn(.cut) }

    func turn(_ mode: Mode) { state.withLock { $0.mode = mode } }

    func refuse() { closeAll(leaving: .refusing) }

    /// What was swallowed is missing in the connections of before.
    func heal() { closeAll(leaving: .open) }

    private func closeAll(leaving mode: Mode) {
        let channels = state.withLock { state in
            defer { state = State(mode: mode) }
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
