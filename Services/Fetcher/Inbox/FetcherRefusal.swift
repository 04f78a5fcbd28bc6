import Failures

/// Why the fetcher passes over a command that it can read.
enum FetcherRefusal: String, RejectionReason {
    /// It names no run.
    case noRun = "no-run"
    /// The identity provider is another tenant's.
    case foreignTenant = "foreign-tenant"

    var sentence: String {
        switch self {
        case .noRun: "It names no run, so that nobody can answer it: discard it."
        case .foreignTenant:
            "It is told by another tenant than the identity provider's: find out who wrote it; discard it."
        }
    }
}
