/// Sessions were ended before their time. Written by the verifier, read by the audit. Topic
/// `auth.events.v1`.
public struct SessionsEnded: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("sessions-ended")

    /// Why sessions end.
    public enum Reason: String, Codable, Equatable, Sendable, CaseIterable {
        /// The person was disabled or deleted.
        case userDisabled
        /// The identity provider was closed.
        case identityProviderClosed
        /// The identity provider was deleted.
        case identityProviderDeleted
        /// The client that they were of was disabled or deleted.
        case clientClosed
    }

    /// Why.
    public var reason: Reason
    /// Whose, or everybody's of the identity provider.
    public var users: [UserID]
    /// How many sessions.
    public var sessions: Int

    /// - Parameters:
    ///   - reason: Why.
    ///   - users: Whose, or everybody's of the identity provider.
    ///   - sessions: How many sessions.
    public init(reason: Reason, users: [UserID], sessions: Int) {
        self.reason = reason
        self.users = users
        self.sessions = sessions
    }
}
