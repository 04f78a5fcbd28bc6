/// How a rebuild ended for one identity provider.
public enum RebuildOutcome: String, Codable, CaseIterable, Sendable {
    /// What was rebuilt is what is in use.
    case equal
    /// They differ, and what was in use stays.
    case different
    /// They differed, and what was rebuilt is in use now.
    case switched
    /// Nothing can be said, for the reason given; what was in use stays.
    case refused
}
