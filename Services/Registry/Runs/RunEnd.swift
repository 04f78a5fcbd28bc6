import Messages

/// How a run ends.
struct RunEnd: Sendable {
    var run: RunID
    var idpID: IdentityProviderID
    var outcome: RunOutcome
    var reasons: [String] = []
    var errorCode: Int?
    var counts = RunCounts()
    var at: Timestamp = .now
}
