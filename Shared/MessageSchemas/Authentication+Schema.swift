import Messages

extension SessionsEnded.Reason: Described {}

extension LogonFailed: Described {
    static let jsonSchema = JSONSchema.object(
        of: LogonFailed.self,
        "Somebody could not log on. Written by the verifier, read by the audit. Topic auth.events.v1.",
        [
            .field("reason", \.reason, "The reason's name, such as idp_closed."),
            .field("diagnosis", \.diagnosis, "What the person was shown, for operators to look up."),
            .field("clientID", \.clientID, "The client that the person came from."),
        ]
    )
}

extension LogonSucceeded: Described {
    static let jsonSchema = JSONSchema.object(
        of: LogonSucceeded.self,
        "Somebody logged on. Written by the verifier, read by the audit. Topic auth.events.v1.",
        [
            .field("user", \.user, "Who."),
            .field("clientID", \.clientID, "The client that the person came from."),
            .field("session", \.session, "The session that began."),
        ]
    )
}

extension SessionsEnded: Described {
    static let jsonSchema = JSONSchema.object(
        of: SessionsEnded.self,
        "Sessions were ended before their time. Written by the verifier, read by the audit. Topic auth.events.v1.",
        [
            .field("reason", \.reason, "Why."),
            .field("users", \.users, "Whose, or everybody's of the identity provider."),
            .field("sessions", \.sessions, "How many sessions."),
        ]
    )
}
