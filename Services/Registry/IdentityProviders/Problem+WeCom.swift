import Hummingbird
import Runtime
import WeCom

extension Problem {
    /// 422 when WeCom refuses credentials, 503 when it cannot be asked; in the words that all of the product uses.
    static func refused(by error: WeComError) -> Problem {
        let explanation = error.explanation
        if case .proxy(let trouble) = error.cause { return stopped(by: trouble, explanation) }
        guard let code = error.code, error.reaction != .retry, error.reaction != .pause else {
            return Problem(
                .serviceUnavailable,
                "wecom-unavailable",
                title: "WeCom cannot be asked at present",
                detail: sentence(explanation.sentence),
                fix: "Nothing was changed. Try again in a minute.",
                headers: [.retryAfter: "60"]
            )
        }
        var extensions: [String: any Encodable & Sendable] = ["wecomCode": code, "whoActs": explanation.actor.rawValue]
        extensions["wecomHint"] = error.hint
        extensions["callerAddress"] = error.callerAddress
        return Problem(
            .unprocessableContent,
            "wecom-refused",
            title: "WeCom refuses these credentials",
            detail: "\(sentence(explanation.sentence)) (WeCom's code \(code))",
            fix: sentence(explanation.fix),
            extensions: extensions
        )
    }

    /// 422: the identity provider's own proxy kept the call from WeCom.
    private static func stopped(by trouble: ProxyTrouble, _ explanation: ErrorReaction) -> Problem {
        Problem(
            .unprocessableContent,
            "egress-failed",
            title: "The identity provider's proxy does not let calls through",
            detail: sentence(explanation.sentence),
            fix: sentence(explanation.fix),
            extensions: ["trouble": trouble.rawValue, "whoActs": explanation.actor.rawValue]
        )
    }

    /// 422: the app exists and its secret is right, but the enterprise has disabled it.
    static let appStopped = Problem(
        .unprocessableContent,
        "wecom-app-disabled",
        title: "The app is disabled in WeCom",
        detail: "Corp ID, agent ID and secret are right, but the app is disabled.",
        fix: "Enable the app in WeCom's administration and save again."
    )

    /// A phrase of the table as a sentence.
    static func sentence(_ phrase: String) -> String {
        let sentence = phrase.prefix(1).uppercased() + phrase.dropFirst()
        return sentence.hasSuffix(".") ? sentence : sentence + "."
    }
}
