import Failures

/// Why the mapper passes over a message that it can read.
enum MapperRefusal: String, RejectionReason {
    /// It names no run.
    case noRun = "no-run"
    /// It does not say by which rules it is mapped, or these are no more.
    case noRules = "no-rules"
    /// The identity provider is another tenant's.
    case foreignTenant = "foreign-tenant"
    /// What it becomes is larger than a message can be.
    case tooLarge = "too-large"
    /// What it becomes was refused.
    case unmappable

    var sentence: String {
        switch self {
        case .noRun: "It names no run, epoch or fence, so that nobody can say what is newer: discard it."
        case .noRules: "It does not say by which mapping rules it is meant: upgrade the fetcher, then start a run."
        case .foreignTenant:
            "It is told by another tenant than the identity provider's: find out who wrote it; discard it."
        case .tooLarge:
            "Mapped, it is larger than a message can be: shorten constants or fields of the mapping, then redrive."
        case .unmappable: "What it becomes was refused for good: see the text, mend that, then redrive."
        }
    }
}
