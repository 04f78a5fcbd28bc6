import Hummingbird
import Runtime
import WeCom

extension Problem {
    /// 403: somebody other than WeCom sent it, or token and key differ from those in WeCom's console.
    static let forgedCallback = Problem(
        .forbidden,
        "callback-forged",
        title: "Not from WeCom",
        detail: "The callback's signature does not fit, or it cannot be decrypted.",
        fix: "See that WECOM_CALLBACK_TOKEN and WECOM_CALLBACK_AES_KEY are those of the template in WeCom's console."
    )

    /// 403: meant for another enterprise, provider or template.
    static let wrongReceiver = Problem(
        .forbidden,
        "callback-wrong-receiver",
        title: "Meant for somebody else",
        detail: "The callback is meant for another enterprise, provider or template.",
        fix:
            "See that the callback URL stands at the template, and WECOM_PROVIDER_CORPID and WECOM_TEMPLATE_ID are right."
    )

    /// 403: too old, or from the future.
    static let staleCallback = Problem(
        .forbidden,
        "callback-stale",
        title: "Not sent just now",
        detail: "The callback's timestamp is more than ten minutes from now.",
        fix: "If WeCom sent it, set this machine's clock right."
    )

    /// 400: the query lacks something.
    static func callbackIncomplete(_ name: String) -> Problem {
        Problem.invalid([FieldError(name, "WeCom's callbacks have this in their query.")], slug: "callback-incomplete")
    }

    /// 400: the XML is none, or lacks something.
    static func callbackMalformed(_ error: CallbackError) -> Problem {
        Problem(.badRequest, "callback-malformed", title: "Not a callback", detail: sentence(error.description))
    }

    /// 404: this installation takes no callbacks.
    static let noCallbacks = Problem(
        .notFound,
        "callbacks-not-configured",
        title: "No callbacks here",
        detail: "This installation is not set up for WeCom's callbacks.",
        fix: "Set WECOM_CALLBACK_TOKEN and WECOM_CALLBACK_AES_KEY to those of the template in WeCom's console."
    )
}
