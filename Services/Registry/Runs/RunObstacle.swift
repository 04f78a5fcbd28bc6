import Messages
import Runtime

/// Why an identity provider cannot be synchronised at present.
enum RunObstacle: Sendable {
    case closed
    case notConnected

    init?(_ configuration: IdentityProviderConfiguration) {
        if configuration.status == .closed {
            self = .closed
        } else if !configuration.isConnected {
            self = .notConnected
        } else {
            return nil
        }
    }

    /// What is in the way.
    var sentence: String {
        switch self {
        case .closed: "The identity provider is closed."
        case .notConnected: "The identity provider is not connected to WeCom."
        }
    }

    /// 409, with what to do.
    var problem: Problem {
        switch self {
        case .closed:
            .conflict("idp-closed", sentence, fix: "Enable it first: PATCH it with \"status\": \"enabled\".")
        case .notConnected:
            .conflict(
                "not-connected",
                sentence,
                fix: "Let a WeCom administrator scan the QR code of POST …/authorization, or PATCH \"ownApp\"."
            )
        }
    }
}
