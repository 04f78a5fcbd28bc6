import Synchronization

/// How changes in directories are told, and what is held back to be told in another order.
final class EventBook: Sendable {
    struct Settings: Sendable, Equatable {
        /// nil: nothing is told.
        var envelope: ContactEnvelope?
        var isJSON = false
        /// How often each is sent.
        var copies = 1
        /// How many of the next ones get lost.
        var lose = 0
        /// Whether all wait until they are released.
        var isHeld = false
    }

    struct Held: Sendable {
        var corp: Corp
        var event: ContactEvent
    }

    private struct State {
        var settings = Settings()
        var held: [Held] = []
    }

    private let state = Mutex(State())

    var settings: Settings {
        get { state.withLock { $0.settings } }
        set { state.withLock { $0.settings = newValue } }
    }

    /// Those of the events that are to be sent now.
    func pass(_ events: [ContactEvent], of corp: Corp) -> [ContactEvent] {
        state.withLock { state in
            guard state.settings.envelope != nil else { return [] }
            let lost = min(events.count, state.settings.lose)
            state.settings.lose -= lost
            let rest = Array(events.dropFirst(lost))
            guard state.settings.isHeld else { return rest }
            state.held += rest.map { Held(corp: corp, event: $0) }
            return []
        }
    }

    /// Everything that was held back.
    func release() -> [Held] {
        state.withLock { state in
            defer { state.held = [] }
            state.settings.isHeld = false
            return state.held
        }
    }
}
