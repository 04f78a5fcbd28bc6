import Failures

/// Why the verifier passes over a message that it can read.
enum VerifierRefusal: String, RejectionReason {
    /// It does not say of which run it is.
    case noEpoch = "no-epoch"
    /// The identity provider is another tenant's.
    case foreignTenant = "foreign-tenant"

    var sentence: String {
        switch self {
        case .noEpoch: "It does not say of which epoch it is, so that nobody can say what is newer: discard it."
        case .foreignTenant:
            "It is told by another tenant than the identity provider's: find out who wrote it; discard it."
        }
    }
}
