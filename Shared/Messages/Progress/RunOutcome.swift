/// How a run ended.
public enum RunOutcome: String, Codable, Equatable, Sendable, CaseIterable {
    /// The directory is what WeCom shows.
    case succeeded
    /// What was read is in the directory; something was not read or not taken, and nobody was removed.
    case partial
    /// As succeeded, but removals wait for approval.
    case held
    /// WeCom or the configuration did not allow the run.
    case failed
    /// Somebody ended it.
    case cancelled
    /// There was nothing to do.
    case skipped
}
