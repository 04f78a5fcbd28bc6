public import Messages

/// A revision did not arrive in time.
public struct ConfigurationNotSeen: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whose.
    public let identityProvider: IdentityProviderID
    /// The revision waited for.
    public let revision: Revision
    /// The revision at hand, if there is one.
    public let latest: Revision?

    /// One line.
    public var description: String {
        let latest = latest.map { "the latest is \($0)" } ?? "there is none"
        return "revision \(revision) of the configuration of \(identityProvider) did not arrive: \(latest)"
    }
}
