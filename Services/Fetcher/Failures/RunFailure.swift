import Messages
import WeCom

/// Why a run ends before all was read; becomes its ``RunAborted``, or its ``RunFinished`` where the writer never hears
/// of it.
struct RunFailure: Error, Codable, Equatable {
    let outcome: RunOutcome
    /// One sentence for administrators.
    let reason: String
    /// For programs that act on it.
    let cause: RunEndCause?
    /// WeCom's error code, if that was it.
    let errorCode: Int?

    init(_ outcome: RunOutcome, _ reason: String, cause: RunEndCause? = nil, errorCode: Int? = nil) {
        self.outcome = outcome
        self.reason = reason
        self.cause = cause
        self.errorCode = errorCode
    }

    /// WeCom refuses what the run cannot do without.
    init(_ error: WeComError) {
        self.init(.failed, error.sentence, errorCode: error.code)
    }

    /// The identity provider is no more.
    static let deleted = RunFailure(.cancelled, "The identity provider was deleted.", cause: .deleted)

    /// The run names another tenant than the identity provider's.
    static let foreignTenant = RunFailure(
        .failed,
        "The identity provider belongs to another tenant.",
        cause: .foreignTenant
    )
}

extension WeComError {
    /// Whether the others can be read all the same: WeCom refuses this one, or did not give it whole however often it was
    /// asked.
    var concernsOneUnit: Bool {
        switch reaction {
        case .skip, .split, .retry: true
        default: false
        }
    }

    /// What happened and what helps, for administrators.
    var sentence: String {
        let explanation = explanation
        var text = Self.capitalized(explanation.sentence)
        if let callerAddress { text += " (caller \(callerAddress))" }
        text += code.map { ", error \($0)" } ?? ""
        text += hint.map { " (hint \($0))." } ?? "."
        return "\(text) What to do: \(explanation.fix)."
    }

    /// What happened alone, as the end of a sentence.
    var cause: String {
        explanation.sentence + (code.map { " (error \($0))" } ?? "")
    }

    private static func capitalized(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }
}
