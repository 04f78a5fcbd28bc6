import FoundationEssentials
import Messages
import Postgres

/// `verifier.sessions`: reading the live ones, and ending them.
///
/// With a session go its codes, in the same transaction, in which its client is written down to be told, if it wants to be
/// by then; with those of a person, what their browsers remember.
struct SessionStore: Sendable {
    let database: Database
    let events: AuthenticationEvents

    /// Why a session is over, as `verifier.sessions.end_reason` says it.
    enum End: String, CaseIterable {
        case userDisabled = "user_disabled"
        case identityProviderClosed = "idp_closed"
        case identityProviderDeleted = "idp_deleted"
        case loggedOff = "logged_off"
        case reuse = "reuse"
        case administrator = "administrator"
        case clientClosed = "client_closed"
        /// What came along with its code was wrong, and nobody gets tokens by that any more.
        case codeRefused = "code_refused"
    }

    /// The session, if it is live, and person and client may still log on.
    func live(_ id: String) async throws -> Session? {
        try await database.run(Self.live("\(id)")).first.map(Self.session)
    }

    /// Reads the session; no row unless it is live, and person and client may still log on.
    ///
    /// - Parameter id: An expression for its id.
    static func live(_ id: SQL) -> SQL {
        """
        select session.id, session.client_id, session.scope,
            floor(extract(epoch from session.authenticated_at))::bigint,
            (select coalesce(string_agg(scope.value, ' '), '')
                from jsonb_array_elements_text(client.configuration -> 'scopes') as scope),
            \(PrincipalStore.columns)
        from verifier.sessions as session
        cross join lateral verifier.principal(session.idp_id, session.user_id) as principal
        join verifier.clients as client using (client_id)
        where session.id = \(id) and session.ended_at is null and session.expires_at > now() and principal.enabled
            and client.status = 'enabled' and (client.tenant_id is null or client.tenant_id = session.tenant_id)
        """
    }

    /// A session that was ended just now.
    struct Ended: Sendable {
        let identityProvider: IdentityProviderID
        let user: UserID
        let tenant: TenantID
    }

    /// Ends the sessions of people, by default because they may no longer log on; ``tell(_:in:because:trace:on:)``
    /// says so.
    static func end(
        of users: [UserID],
        in identityProvider: IdentityProviderID,
        because reason: End = .userDisabled,
        on connection: isolated Connection
    ) throws -> [Ended] {
        guard !users.isEmpty else { return [] }
        return try finishAll(
            "idp_id = \(identityProvider.uuid) and user_id = any(\(users.map(\.uuid))::uuid[])",
            because: reason,
            on: connection
        )
    }

    /// Ends everybody's sessions of an identity provider that is no longer open, and says so on `auth.events.v1`.
    ///
    /// - Parameter isDeleted: Whether it is gone rather than closed.
    /// - Returns: How many sessions there were.
    func endAll(of identityProvider: IdentityProviderID, isDeleted: Bool) async throws -> Int {
        let count = try await database.transaction { connection in
            let ended = try Self.finishAll(
                "idp_id = \(identityProvider.uuid)",
                because: isDeleted ? .identityProviderDeleted : .identityProviderClosed,
                on: connection
            )
            try tell(
                ended,
                in: identityProvider,
                because: isDeleted ? .identityProviderDeleted : .identityProviderClosed,
                on: connection
            )
            return ended.count
        }
        if count > 0 { announce() }
        return count
    }

    /// Ends the sessions of people of enterprises that were behind an identity provider before.
    ///
    /// - Returns: How many sessions there were.
    func endAll(of identityProvider: IdentityProviderID, before generation: Generation) async throws -> Int {
        let count = try await database.transaction { connection in
            let ended = try Self.finishAll(
                """
                idp_id = \(identityProvider.uuid) and user_id in (
                    select user_id from verifier.principals
                    where idp_id = \(identityProvider.uuid) and generation < \(generation.rawValue))
                """,
                because: .userDisabled,
                on: connection
            )
            try tell(ended, in: identityProvider, because: .userDisabled, on: connection)
            return ended.count
        }
        if count > 0 { announce() }
        return count
    }

    /// Ends the sessions of a client that may have nothing any more, and says so on `auth.events.v1`. What browsers
    /// remember of the people stays.
    ///
    /// - Returns: How many sessions there were.
    func endAll(ofClient client: ClientName, on connection: isolated Connection) throws -> Int {
        try close("client_id = \(client.description)", on: connection)
    }

    /// The clients that may have nothing any more, and have live sessions all the same: whoever logs on while that is being
    /// told may begin one that nobody saw who ended the others.
    ///
    /// They are looked for rather than kept from beginning, as each logon would write to its client's row for that.
    func closedClients() async throws -> [String] {
        try await database.run(
            """
            select distinct session.client_id
            from verifier.sessions as session join verifier.clients as client using (client_id)
            where client.status <> 'enabled' and session.ended_at is null and session.expires_at > now()
            """
        ).decode(String.self)
    }

    /// Ends the sessions of a client of ``closedClients()``, as ``endAll(ofClient:on:)`` does, if it may have nothing yet.
    ///
    /// - Returns: How many sessions there were.
    func endAll(ofClosed client: String) async throws -> Int {
        let which: SQL = """
            client_id = \(client)
                and exists (select from verifier.clients where client_id = \(client) and status <> 'enabled')
            """
        let count = try await database.transaction { try close(which, on: $0) }
        if count > 0 { announce() }
        return count
    }

    private func close(_ which: SQL, on connection: isolated Connection) throws -> Int {
        let ended = try Self.finish(which, because: .clientClosed, on: connection)
        for (id, ended) in Dictionary(grouping: ended, by: \.identityProvider).sorted(by: { $0.key < $1.key }) {
            try tell(ended, in: id, because: .clientClosed, on: connection)
        }
        return ended.count
    }

    /// Ends one session.
    static func end(_ id: String, because reason: End, on connection: isolated Connection) throws {
        _ = try finish("id = \(id)", because: reason, on: connection)
    }

    /// Ends a session and all others that the same logon in the same browser began, and has the browser forget it.
    static func logOff(_ id: String, on connection: isolated Connection) throws {
        let logon: SQL = "(select browser_logon from verifier.sessions where id = \(id))"
        try logOff(logon, or: "id = \(id)", on: connection)
    }

    /// Ends all sessions that a logon in a browser began, and has the browser forget it.
    static func logOff(_ logon: Ticket, on connection: isolated Connection) throws {
        try logOff("\(logon.digest)", or: "false", on: connection)
    }

    private static func logOff(_ logon: SQL, or other: SQL, on connection: isolated Connection) throws {
        // First: the logon waits for a session that begins by it just now, which is then among those that end.
        try BrowserLogonStore.forget("ticket = \(logon)", on: connection)
        _ = try finish("(\(other) or browser_logon = \(logon))", because: .loggedOff, on: connection)
    }

    /// The identity providers of all live sessions, and of all logons that browsers remember.
    func identityProviders() async throws -> [IdentityProviderID] {
        let rows = try await database.run(
            """
            select idp_id from verifier.sessions where ended_at is null and expires_at > now()
            union select idp_id from verifier.browser_logons
            """
        )
        return try rows.map { IdentityProviderID(try $0.decode(UUID.self)) }
    }

    /// Says that a transaction with an event was committed.
    func announce() { events.nudge() }

    /// Ends the sessions of certain people, and has their browsers forget them.
    private static func finishAll(
        _ which: SQL,
        because reason: End,
        on connection: isolated Connection
    ) throws -> [Ended] {
        // First: what browsers remember waits for sessions that begin by it just now, which are then among those that end.
        try BrowserLogonStore.forget(which, on: connection)
        return try finish(which, because: reason, on: connection)
    }

    private static func finish(
        _ which: SQL,
        because reason: End,
        on connection: isolated Connection
    ) throws -> [Ended] {
        let update: SQL = "update verifier.sessions set ended_at = now(), end_reason = \(reason.rawValue) where "
        let rows = try connection.run(
            "with ended as (" + update + which
                + """
                 and ended_at is null and expires_at > now()
                    returning id, idp_id, user_id, tenant_id, client_id),
                notices as (
                    insert into verifier.logout_notices (session_id, client_id, user_id)
                    select ended.id, ended.client_id, ended.user_id
                    from ended join verifier.clients as client using (client_id)
                    where client.configuration ->> 'backchannelLogoutURI' is not null),
                codes as (delete from verifier.codes where session_id in (select id from ended))
                select idp_id, user_id, tenant_id from ended
                """
        )
        LogonMetrics.ended(rows.count, because: reason)
        return try rows.map { row in
            let (identityProvider, user, tenant) = try row.decode(UUID.self, UUID.self, UUID.self)
            return Ended(
                identityProvider: IdentityProviderID(identityProvider),
                user: UserID(user),
                tenant: TenantID(tenant)
            )
        }
    }

    /// The session of a row of ``live(_:)``. Of what was granted it has what the client may still have.
    static func session(_ row: Row) throws -> Session {
        let (id, client, granted, time, allowed) = try row.decode(
            String.self,
            String.self,
            String.self,
            Int64.self,
            String.self
        )
        return Session(
            id: id,
            client: client,
            scope: Scope(granted).limited(to: Scope(allowed)),
            authenticatedAt: time,
            principal: try PrincipalStore.principal(row.dropFirst(5))
        )
    }
}
