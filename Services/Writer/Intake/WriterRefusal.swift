import Failures

/// Why the writer passes over a message that it can read.
enum WriterRefusal: String, RejectionReason {
    /// It names no run.
    case noRun = "no-run"
    /// The identity provider is another tenant's.
    case foreignTenant = "foreign-tenant"

    var sentence: String {
        switch self {
        case .noRun: "It names no run, epoch or fence, so that nobody can say what is newer: discard it."
        case .foreignTenant:
            "It is told by another tenant than the identity provider's: find out who wrote it; discard it."
        }
    }
}
