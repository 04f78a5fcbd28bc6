/// Somebody logged on. Written by the verifier, read by the audit. Topic `auth.events.v1`.
public struct LogonSucceeded: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("logon-succeeded")

    /// Who.
    public var user: UserID
    /// The client that the person came from.
    public var clientID: String
    /// The session that began.
    public var session: String

    /// - Parameters:
    ///   - user: Who.
    ///   - clientID: The client that the person came from.
    ///   - session: The session that began.
    public init(user: UserID, clientID: String, session: String) {
        self.user = user
        self.clientID = clientID
        self.session = session
    }
}
