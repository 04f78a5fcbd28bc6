public import Runtime

/// What was looked at, what was found, and what is to be done about it.
public struct CheckResult: Equatable, Sendable {
    /// How it stands.
    public enum Outcome: String, Sendable, CaseIterable {
        case passed, failed, skipped
        /// It works, and somebody should look after it.
        case warning
    }

    /// What was looked at.
    public let check: String
    /// How it stands.
    public let outcome: Outcome
    /// What was found.
    public let finding: String
    /// How to mend it, where something is to be mended.
    public let fix: String?

    /// A finding of any kind.
    public init(_ check: String, _ outcome: Outcome, _ finding: String, fix: String? = nil) {
        self.check = check
        self.outcome = outcome
        self.finding = finding
        self.fix = fix
    }

    /// How far a clock is from ours. What is told by the second alone may be a second off without being so.
    public init(clock check: String, ahead seconds: Double) {
        let offset = "\((abs(seconds) * 10).rounded() / 10) s \(seconds < 0 ? "behind" : "ahead of") ours"
        switch abs(seconds) {
        case ...2: self.init(check, .passed, "its clock is at most 2 s from ours")
        case ...30: self.init(check, .warning, "its clock is \(offset)", fix: Self.clockFix)
        default: self.init(check, .failed, "its clock is \(offset)", fix: Self.clockFix)
        }
    }

    private static let clockFix = "have both clocks set by the same servers of time (NTP)"

    /// As people read it.
    public var text: String { "\(outcome.rawValue): \(check): \(finding)" + (fix.map { "\n    \($0)" } ?? "") }

    /// As programs are given it.
    public var json: JSON {
        var members: [String: JSON] = [
            "check": .string(check), "outcome": .string(outcome.rawValue), "finding": .string(finding),
        ]
        members["fix"] = fix.map(JSON.string)
        return .object(members)
    }
}
