/// A dictionary by digests, for tables of a million people: a digest is its own hash, and growing moves a
/// sixteenth of the table at a time, by a quarter, so that little memory lies idle.
public struct DigestTable<Value: BitwiseCopyable & Sendable>: Sendable {
    private var parts: [Part]
    private let placeholder: Value
    /// How many digests there are.
    public private(set) var count = 0

    /// - Parameter placeholder: Any value; fills the room that is not used yet.
    public init(placeholder: Value) {
        self.placeholder = placeholder
        parts = Array(repeating: Part(), count: 16)
    }

    /// The value of a digest; `nil` for one that is not there.
    public subscript(key: Digest128) -> Value? {
        let key = key.nonZero
        return parts[key.part][key]
    }

    /// Sets the value of a digest.
    ///
    /// - Returns: The value before; `nil` for a digest that is new.
    @discardableResult
    public mutating func updateValue(_ value: Value, forKey key: Digest128) -> Value? {
        let key = key.nonZero
        let before = parts[key.part].update(key, value, placeholder)
        if before == nil { count += 1 }
        return before
    }

    /// Takes a digest out.
    public mutating func removeValue(forKey key: Digest128) {
        let key = key.nonZero
        if parts[key.part].remove(key) { count -= 1 }
    }

    /// Hands over each digest with its value, in no order.
    public func forEach(_ body: (Digest128, Value) -> Void) {
        for part in parts { part.forEach(body) }
    }

    /// Open addressing with linear probing; the digest zero marks room.
    private struct Part: Sendable {
        private var slots: [Slot] = []
        private var count = 0

        private struct Slot: Sendable {
            var key: Digest128
            var value: Value

            var isFree: Bool { key.low == 0 && key.high == 0 }
        }

        subscript(key: Digest128) -> Value? {
            guard !slots.isEmpty else { return nil }
            let index = place(of: key)
            return slots[index].isFree ? nil : slots[index].value
        }

        mutating func update(_ key: Digest128, _ value: Value, _ placeholder: Value) -> Value? {
            if count * 5 >= slots.count * 4 { grow(placeholder) }
            let index = place(of: key)
            guard slots[index].isFree else {
                let before = slots[index].value
                slots[index].value = value
                return before
            }
            slots[index] = Slot(key: key, value: value)
            count += 1
            return nil
        }

        mutating func remove(_ key: Digest128) -> Bool {
            guard !slots.isEmpty else { return false }
            var hole = place(of: key)
            guard !slots[hole].isFree else { return false }
            count -= 1
            // Those behind move up, unless they would then stand before where their search begins.
            var index = hole
            while true {
                index = next(index)
                guard !slots[index].isFree else { break }
                let start = start(of: slots[index].key)
                let isBetween = hole <= index ? hole < start && start <= index : hole < start || start <= index
                guard !isBetween else { continue }
                slots[hole] = slots[index]
                hole = index
            }
            slots[hole].key = .zero
            return true
        }

        func forEach(_ body: (Digest128, Value) -> Void) {
            for slot in slots where !slot.isFree { body(slot.key, slot.value) }
        }

        private mutating func grow(_ placeholder: Value) {
            let old = slots
            slots = Array(repeating: Slot(key: .zero, value: placeholder), count: max(8, old.count + old.count / 4))
            for slot in old where !slot.isFree { slots[place(of: slot.key)] = slot }
        }

        /// Where the digest is, or where there is room for it.
        private func place(of key: Digest128) -> Int {
            var index = start(of: key)
            while !slots[index].isFree, slots[index].key != key { index = next(index) }
            return index
        }

        private func start(of key: Digest128) -> Int {
            Int(truncatingIfNeeded: key.low.multipliedFullWidth(by: UInt64(slots.count)).high)
        }

        private func next(_ index: Int) -> Int { index + 1 < slots.count ? index + 1 : 0 }
    }
}

extension Digest128 {
    fileprivate var part: Int { Int(truncatingIfNeeded: high & 15) }

    /// The digest itself, but for the one that marks room.
    fileprivate var nonZero: Digest128 { self == .zero ? Digest128(high: 0, low: 1) : self }
}
