import Messages
import Runtime

/// Why an identity provider cannot be synchronised at present.
enum RunObstacle: Sendable {
    case deleted
    case closed
    case tenantSuspended
    case notConnected
    /// It is synchronised by hand only, and nobody has asked.
    case byHandOnly
    /// It waits for its turn, as its runs fail.
    case quarantined
    /// Nothing calls for a run now.
    case notAskedFor

    /// Nil where nothing is in the way; a deletion needs nothing (architecture.md §3.7).
    init?(_ configuration: IdentityProviderConfiguration, to kind: RunSync.Kind) {
        if kind == .delete { return nil }
        if configuration.status == .deleted {
            self = .deleted
        } else if configuration.tenantStatus == .suspended {
            self = .tenantSuspended
        } else if configuration.status == .closed {
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
        case .deleted: "The identity provider is deleted."
        case .closed: "The identity provider is closed."
        case .tenantSuspended: "The tenant is suspended."
        case .notConnected: "The identity provider is not connected to WeCom."
        case .byHandOnly: "The identity provider is synchronised by hand only."
        case .quarantined: "The identity provider is in quarantine, as its runs fail."
        case .notAskedFor: "Settings hold from the next run on."
        }
    }

    /// 409, with what to do.
    var problem: Problem {
        switch self {
        case .deleted: .noIdentityProvider
        case .closed:
            .conflict("idp-closed", sentence, fix: "Enable it first: PATCH it with \"status\": \"enabled\".")
        case .tenantSuspended:
            .conflict("tenant-suspended", sentence, fix: "Ask an owner of all tenants to resume it.")
        case .notConnected:
            .conflict(
                "not-connected",
                sentence,
                fix: "Let a WeCom administrator scan the QR code of POST …/authorization, or PATCH \"ownApp\"."
            )
        case .byHandOnly, .quarantined, .notAskedFor:
            .conflict("run-not-started", sentence, fix: "Start a run by hand: POST …/runs.")
        }
    }
}
