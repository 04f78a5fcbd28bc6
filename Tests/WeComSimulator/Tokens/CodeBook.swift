import Synchronization

/// Codes that stand for something for a while, once or several times.
final class CodeBook<Meaning: Sendable>: Sendable {
    private struct Entry {
        let meaning: Meaning
        let expiry: Double
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let clock: SimulatorClock
    private let invalid: Refusal
    private let expired: Refusal

    /// - Parameters:
    ///   - invalid: what answers a code that was never given or was used up
    ///   - expired: what answers one that came too late
    init(clock: SimulatorClock, invalid: Refusal, expired: Refusal) {
        self.clock = clock
        self.invalid = invalid
        self.expired = expired
    }

    func issue(_ meaning: Meaning, length: Int, lifetime: Int) -> String {
        let code = Identifier.random(length)
        let entry = Entry(meaning: meaning, expiry: clock.now + Double(lifetime))
        entries.withLock { $0[code] = entry }
        return code
    }

    func meaning(of code: String) throws(Refusal) -> Meaning {
        let entry = entries.withLock { $0[code] }
        return try valid(entry)
    }

    /// Takes the code out of use, where the meaning is the caller's to have.
    func redeem(_ code: String, _ check: (Meaning) throws(Refusal) -> Void = { _ in }) throws(Refusal) -> Meaning {
        let meaning = try meaning(of: code)
        try check(meaning)
        let entry = entries.withLock { $0.removeValue(forKey: code) }
        return try valid(entry)
    }

    private func valid(_ entry: Entry?) throws(Refusal) -> Meaning {
        guard let entry else { throw invalid }
        guard entry.expiry > clock.now else { throw expired }
        return entry.meaning
    }
}
