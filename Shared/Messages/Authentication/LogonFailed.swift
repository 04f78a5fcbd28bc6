/// Somebody could not log on. Written by the verifier, read by the audit. Topic `auth.events.v1`.
public struct LogonFailed: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("logon-failed")

    /// The reason's name, such as `idp_closed`.
    public var reason: String
    /// What the person was shown, for operators to look up.
    public var diagnosis: String
    /// The client that the person came from.
    public var clientID: String?

    /// - Parameters:
    ///   - reason: The reason's name.
    ///   - diagnosis: What the person was shown.
    ///   - clientID: The client that the person came from.
    public init(reason: String, diagnosis: String, clientID: String? = nil) {
        self.reason = reason
        self.diagnosis = diagnosis
        self.clientID = clientID
    }
}
