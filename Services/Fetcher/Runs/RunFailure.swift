import Messages
import WeCom

/// Why a run ends before all was read; becomes its ``RunAborted``.
struct RunFailure: Error, Equatable {
    let outcome: RunOutcome
    /// One sentence for administrators.
    let reason: String
    /// WeCom's error code, if that was it.
    let errorCode: Int?

    init(_ outcome: RunOutcome, _ reason: String, errorCode: Int? = nil) {
        self.outcome = outcome
        self.reason = reason
        self.errorCode = errorCode
    }

    /// WeCom refuses what the run cannot do without.
    init(_ error: WeComError) {
        self.init(.failed, error.sentence, errorCode: error.code)
    }
}

extension WeComError {
    /// What happened and what helps, for administrators.
    var sentence: String {
        let explanation = explanation
        var text = Self.capitalized(explanation.sentence)
        if let callerAddress { text += " (caller \(callerAddress))" }
        text += code.map { ", error \($0)." } ?? "."
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
