import Messages
import Postgres
import Traces

extension SessionStore {
    /// How many people one event names: a record has room for some 25,000.
    private static let mostUsers = 10_000

    /// Says on `auth.events.v1` that sessions ended, in as many events as it takes to name the people. The last thing that
    /// a transaction does: it makes other writers of events about the identity provider wait.
    func tell(
        _ ended: [Ended],
        in identityProvider: IdentityProviderID,
        because reason: SessionsEnded.Reason,
        trace: TraceContext = .current,
        on connection: isolated Connection
    ) throws {
        guard let tenant = ended.first?.tenant else { return }
        for message in Self.messages(ended, because: reason) {
            try events.append(
                message,
                tenant: tenant,
                identityProvider: identityProvider,
                trace: trace,
                on: connection
            )
        }
    }

    /// What is said of sessions that ended: whose they were, unless they were everybody's.
    private static func messages(_ ended: [Ended], because reason: SessionsEnded.Reason) -> [SessionsEnded] {
        guard reason == .userDisabled || reason == .clientClosed else {
            return [SessionsEnded(reason: reason, users: [], sessions: ended.count)]
        }
        let counts = ended.reduce(into: [UserID: Int]()) { $0[$1.user, default: 0] += 1 }
        let users = counts.keys.sorted()
        return stride(from: 0, to: users.count, by: mostUsers).map { start in
            let named = Array(users[start..<min(start + mostUsers, users.count)])
            let sessions = named.reduce(0) { $0 + counts[$1, default: 0] }
            return SessionsEnded(reason: reason, users: named, sessions: sessions)
        }
    }
}
