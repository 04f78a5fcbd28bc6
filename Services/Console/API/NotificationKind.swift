/// The kinds of notifications that can be chosen.
enum NotificationKind: String, CaseIterable, Sendable {
    case removalsHeld = "removals-held"
    case runFailed = "run-failed"
    case runLate = "run-late"
    case quarantined = "idp-quarantined"
    case authorizationLost = "authorization-lost"
    case rangeNarrowed = "range-narrowed"
}
