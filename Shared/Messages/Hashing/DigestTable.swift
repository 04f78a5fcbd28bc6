/// A dictionary by digests, for tables of a million people: a digest is its own hash, and growing moves a
/// sixteenth of the table at a time, by a quarter, so that little memory lies idle.
public struct DigestTable<Value: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline var parts: [Part]
    @usableFromInline let placeholder: Value
    @usableFromInline var stored = 0
    /// How many digests there are.
    @inlinable public var count: Int { stored }

    /// - Parameter placeholder: Any value; fills the room that is not used yet.
    @inlinable
    public init(placeholder: Value) {
        self.placeholder = placeholder
        parts = Array(repeating: Part(), count: 16)
    }

    /// The value of a digest; `nil` for one that is not there.
    @inlinable
    public subscript(key: ContentDigest) -> Value? {
        let key = key.nonZero
        return parts[key.part][key]
    }

    /// Sets the value of a digest.
    ///
    /// - Returns: The value before; `nil` for a digest that is new.
    @discardableResult @inlinable
    public mutating func updateValue(_ value: Value, forKey key: ContentDigest) -> Value? {
        let key = key.nonZero
        let before = parts[key.part].update(key, value, placeholder)
        if before == nil { stored += 1 }
        return before
    }

    /// Takes a digest out.
    @inlinable
    public mutating func removeValue(forKey key: ContentDigest) {
        let key = key.nonZero
        if parts[key.part].remove(key) { stored -= 1 }
    }

    /// Hands over each digest with its value, in no order.
    @inlinable
    public func forEach(_ body: (ContentDigest, Value) -> Void) {
        for part in parts { part.forEach(body) }
    }

    /// Open addressing with linear probing; the digest zero marks room.
    @usableFromInline
    struct Part: Sendable {
        @usableFromInline var slots: [Slot] = []
        @usableFromInline var count = 0

        @inlinable
        init() {}

        @usableFromInline
        struct Slot: Sendable {
            @usableFromInline var key: ContentDigest
            @usableFromInline var value: Value

            @inlinable
            init(key: ContentDigest, value: Value) {
                self.key = key
                self.value = value
            }

            @inlinable var isFree: Bool { key.low == 0 && key.high == 0 }
        }

        @inlinable
        subscript(key: ContentDigest) -> Value? {
            guard !slots.isEmpty else { return nil }
            let index = place(of: key)
            return slots[index].isFree ? nil : slots[index].value
        }

        @inlinable
        mutating func update(_ key: ContentDigest, _ value: Value, _ placeholder: Value) -> Value? {
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

        @inlinable
        mutating func remove(_ key: ContentDigest) -> Bool {
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

        @inlinable
        func forEach(_ body: (ContentDigest, Value) -> Void) {
            for slot in slots where !slot.isFree { body(slot.key, slot.value) }
        }

        @inlinable
        mutating func grow(_ placeholder: Value) {
            let old = slots
            slots = Array(repeating: Slot(key: .zero, value: placeholder), count: max(8, old.count + old.count / 4))
            for slot in old where !slot.isFree { slots[place(of: slot.key)] = slot }
        }

        /// Where the digest is, or where there is room for it.
        @inlinable
        func place(of key: ContentDigest) -> Int {
            var index = start(of: key)
            while !slots[index].isFree, slots[index].key != key { index = next(index) }
            return index
        }

        @inlinable
        func start(of key: ContentDigest) -> Int {
            Int(truncatingIfNeeded: key.low.multipliedFullWidth(by: UInt64(slots.count)).high)
        }

        @inlinable
        func next(_ index: Int) -> Int { index + 1 < slots.count ? index + 1 : 0 }
    }
}

extension ContentDigest {
    @inlinable var part: Int { Int(truncatingIfNeeded: high & 15) }

    /// The digest itself, but for the one that marks room.
    @inlinable var nonZero: ContentDigest { self == .zero ? ContentDigest(high: 0, low: 1) : self }
}
