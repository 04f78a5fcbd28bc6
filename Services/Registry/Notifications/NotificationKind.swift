/// What administrators can be told of.
enum NotificationKind: String, Codable, CaseIterable, Sendable {
    /// A run holds removals until somebody decides.
    case removalsHeld = "removals-held"
    /// A run has failed.
    case runFailed = "run-failed"
    /// A scheduled run is not over when it should be.
    case runLate = "run-late"
    /// Runs fail again and again: the identity provider is synchronised slowly.
    case quarantined = "idp-quarantined"
    /// WeCom does not authorize the app any more.
    case authorizationLost = "authorization-lost"
    /// The app may see less than before.
    case rangeNarrowed = "range-narrowed"
    /// Somebody tries out whether notifications arrive.
    case ping

    /// Those that are told of an identity provider, and that one can choose from.
    static let choice = allCases.filter { $0 != .ping }

    /// Whether it happens at a moment, so that a further one is news; else it goes on until it is over.
    var isMomentary: Bool { self == .rangeNarrowed }
}
