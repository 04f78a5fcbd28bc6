import FoundationEssentials
import Messages
import Postgres

/// `verifier.browser_logons`: who signed in with WeCom in which browser, so that further clients, and `prompt=none`,
/// need not send them there again.
///
/// Each logon has a cookie of its own, made after it: whoever planted a cookie in the browser before has nothing of it.
struct BrowserLogonStore: Sendable {
    let database: Database

    /// How long a browser remembers a logon.
    static let lifetime: Duration = .seconds(12 * 3_600)

    /// A logon that a browser remembers, of a person who may still log on.
    struct BrowserLogon: Equatable, Sendable {
        /// What the cookie says.
        let ticket: Ticket
        let principal: Principal
        /// When the person signed in, in seconds since 1970.
        let authenticatedAt: Int64
    }

    /// The logon of a cookie, if it still counts.
    func find(_ ticket: Ticket) async throws -> BrowserLogon? {
        let rows = try await database.run(
            """
            select floor(extract(epoch from logon.authenticated_at))::bigint, \(PrincipalStore.columns)
            from verifier.browser_logons as logon
            cross join lateral verifier.principal(logon.idp_id, logon.user_id) as principal
            where logon.ticket = \(ticket.digest) and logon.expires_at > now() and principal.enabled
            """
        )
        guard let row = rows.first else { return nil }
        return BrowserLogon(
            ticket: ticket,
            principal: try PrincipalStore.principal(row.dropFirst(1)),
            authenticatedAt: try row.decode(Int64.self)
        )
    }

    /// Has a browser remember a person.
    static func remember(_ principal: Principal, as ticket: Ticket) -> SQL {
        let seconds = Int64(lifetime / .seconds(1))
        return """
            insert into verifier.browser_logons (ticket, idp_id, user_id, expires_at)
            values (\(ticket.digest), \(principal.identityProvider.uuid), \(principal.id.uuid),
                now() + make_interval(secs => \(seconds)))
            """
    }

    /// Takes hold of a logon until the transaction ends; no row once the browser was made to forget it.
    ///
    /// Whoever ends a person's sessions has their browsers forget them first, and so waits for a session that begins by
    /// what one remembers, and ends it with the others.
    static func hold(_ ticket: Ticket) -> SQL {
        "select 1 from verifier.browser_logons where ticket = \(ticket.digest) and expires_at > now() for share"
    }

    /// Has browsers forget what the condition says.
    static func forget(_ which: SQL, on connection: isolated Connection) throws {
        try connection.run("delete from verifier.browser_logons where \(which)")
    }
}
