import FoundationEssentials
import Messages
import Postgres

/// How an identity provider is used: what its closing would end.
struct LogonStatistics: Encodable, Equatable, Sendable {
    /// Who may log on.
    let people: Int
    /// Live sessions.
    let sessions: Int
    /// Whose they are.
    let peopleLoggedOn: Int
    /// Nil where nobody did, or nothing is kept of it.
    let lastLogonAt: Timestamp?
    let logonsInLastDay: Int
    let logonsInLastWeek: Int
}

extension SessionStore {
    /// What is known of an identity provider's use. A logon whose session is not kept any more is not counted.
    func statistics(of identityProvider: IdentityProviderID) async throws -> LogonStatistics {
        let id = identityProvider.uuid
        let rows = try await database.run(
            """
            select
                (select count(*) from verifier.principals where idp_id = \(id) and enabled),
                count(*) filter (where ended_at is null and expires_at > now()),
                count(distinct user_id) filter (where ended_at is null and expires_at > now()),
                (extract(epoch from max(authenticated_at)) * 1000)::bigint,
                count(*) filter (where authenticated_at > now() - interval '1 day'),
                count(*) filter (where authenticated_at > now() - interval '7 days')
            from verifier.sessions where idp_id = \(id)
            """
        )
        let (people, sessions, loggedOn, last, day, week) = try rows[0].decode(
            Int.self,
            Int.self,
            Int.self,
            Int64?.self,
            Int.self,
            Int.self
        )
        return LogonStatistics(
            people: people,
            sessions: sessions,
            peopleLoggedOn: loggedOn,
            lastLogonAt: last.map { Timestamp(millisecondsSince1970: $0) },
            logonsInLastDay: day,
            logonsInLastWeek: week
        )
    }
}
