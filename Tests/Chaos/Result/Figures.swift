/// What came of an attack; everything after `logons` must be 0.
struct Figures: Sendable {
    var seed: UInt64 = 0
    var minutes = 0.0
    var faults = 0
    var rounds = 0
    var runs = 0
    var logons = 0
    /// How often each promise was broken.
    var breaches: [Breach.Kind: Int] = [:]

    /// Whether no promise was broken, and anything was done at all.
    var isGood: Bool { breaches.values.allSatisfy { $0 == 0 } && rounds > 0 && runs > 0 && logons > 0 }

    /// One line of JSON.
    var json: String {
        let done = [
            "\"seed\":\(seed)", "\"minutes\":\(Double(Int(minutes * 100)) / 100)", "\"faults\":\(faults)",
            "\"rounds\":\(rounds)", "\"runs\":\(runs)", "\"logons\":\(logons)",
        ]
        let broken = Breach.Kind.allCases.map { "\"\($0.rawValue)\":\(breaches[$0] ?? 0)" }
        return "{" + (done + broken).joined(separator: ",") + "}"
    }
}
