/// Why a run ended other than by doing its work, for programs that act on it.
public enum RunEndCause: String, Codable, Equatable, Sendable, CaseIterable {
    /// The rules of its mapping number are no more: the registry starts the run anew at once.
    case mappingChanged
    /// A newer run of the identity provider is known: the registry goes on from the current epoch.
    case epochPassed
    /// Another run had the same epoch: the registry goes on from the current epoch.
    case epochTaken
    /// A newer run began before this one was over.
    case overtaken
    /// The identity provider is deleted.
    case deleted
    /// A message of the run could not be read, or asks for what this program does not know.
    case unreadable
    /// The run is another tenant's than its identity provider.
    case foreignTenant
    /// WeCom does not let the app ask for whom the run missed: the registry starts another one, which has to miss them,
    /// too.
    case confirmationNeeded
    /// The run would have done other than the plan says that it was to carry out, and did nothing.
    case planDiffers
    /// The plan that it was to carry out is expired, too large, or not kept any more; it did nothing.
    case planExpired
    /// Nothing was heard of the run for too long.
    case unanswered
}
