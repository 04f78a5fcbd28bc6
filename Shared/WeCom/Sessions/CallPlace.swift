import Synchronization

/// One place among ``CallSlots``, given back once, whoever does it first.
final class CallPlace: Sendable {
    /// How long a call that is not answered keeps its place.
    static let patience = Duration.seconds(1)

    private let slots: CallSlots
    private let isHeld = Mutex(true)

    /// - Parameter slots: Where it was entered.
    init(in slots: CallSlots) { self.slots = slots }

    func leave() {
        let wasHeld = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if wasHeld { slots.leave() }
    }
}
