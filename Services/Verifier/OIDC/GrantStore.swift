import FoundationEssentials
import Messages
import Metrics
import Postgres

/// Sessions as clients come by them and go on with them: by code, by native logon, by refresh token.
///
/// A session's row is locked before its codes and tokens are looked at, so that of two who show the same one exactly
/// one wins, and the other is noticed.
struct GrantStore: Sendable {
    let database: Database
    let sessions: SessionStore

    /// How long a code counts.
    static let codeLifetime: Duration = .seconds(60)
    /// How long a session lasts from the last refresh.
    static let sessionLifetime: Duration = .seconds(30 * 86_400)

    /// What a client showed does not entitle it to tokens.
    enum Refusal: String, Error, Sendable {
        case unknown = "It is not known, has expired, or its session has ended."
        case reused = "It was used before; the session has been ended."
        case closed = "The identity provider is closed."
        case foreign = "It was issued to another client."
        case redirect = "redirect_uri is not the one of the authorization request."
        case verifier = "code_verifier does not match the code_challenge."
    }

    /// Begins a session and makes the code for it.
    ///
    /// - Returns: `nil` when the person was disabled or deleted this very moment.
    func begin(_ principal: Principal, for request: AuthorizationRequest) async throws -> Ticket? {
        let code = Ticket.make()
        let seconds = Int64(Self.codeLifetime / .seconds(1))
        let session = try await begin(principal, client: request.client, scope: request.scope) { session, connection in
            try connection.run(
                """
                insert into verifier.codes (digest, session_id, client_id, redirect_uri, challenge, nonce, expires_at)
                values (\(code.digest), \(session), \(request.client), \(request.redirectURI), \(request.challenge),
                    \(request.nonce), now() + make_interval(secs => \(seconds)))
                """
            )
        }
        return session == nil ? nil : code
    }

    /// Begins a session whose client gets its tokens at once.
    ///
    /// - Returns: `nil` when the person was disabled or deleted this very moment.
    func begin(_ principal: Principal, client: Client) async throws -> Grant? {
        let token = Ticket.make()
        let scope = AuthorizationRequest.scopes.joined(separator: " ")
        let session = try await begin(principal, client: client.id, scope: scope) { session, connection in
            try Self.keep(token, of: session, on: connection)
        }
        return session.map { Grant(session: $0, nonce: nil, refreshToken: token) }
    }

    private func begin(
        _ principal: Principal,
        client: String,
        scope: String,
        _ continuation: @Sendable (String, isolated Connection) throws -> Void
    ) async throws -> Session? {
        let id = UUID().uuidString.lowercased()
        let seconds = Int64(Self.sessionLifetime / .seconds(1))
        let session = try await database.transaction { connection -> Session? in
            let held = try PrincipalStore.hold(principal.id, in: principal.identityProvider, on: connection)
            guard let held, held.isEnabled else { return nil }
            let rows = try connection.run(
                """
                insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
                values (\(id), \(held.identityProvider.uuid), \(held.id.uuid), \(held.tenant.uuid), \(client), \(scope),
                    now() + make_interval(secs => \(seconds)))
                returning extract(epoch from authenticated_at)::bigint
                """
            )
            guard let time = try rows.first?.decode(Int64.self) else { return nil }
            try continuation(id, connection)
            try sessions.events.append(
                LogonSucceeded(user: held.id, clientID: client, session: id),
                tenant: held.tenant,
                identityProvider: held.identityProvider,
                on: connection
            )
            return Session(id: id, client: client, scope: scope, authenticatedAt: time, principal: held)
        }
        if session != nil {
            Counter(label: "logons", dimensions: [("outcome", "succeeded")]).increment()
            sessions.announce()
        }
        return session
    }

    /// Takes a code, once.
    ///
    /// A second use ends the session: one of the two who showed the code had stolen it (RFC 6749 §4.1.2).
    ///
    /// - Parameter admits: Whether the session may go on; what it throws leaves the code as it is.
    func redeem(
        code: String,
        by client: Client,
        redirectURI: String?,
        verifier: String?,
        admitting admits: @Sendable (Session) throws -> Bool
    ) async throws -> Result<Grant, Refusal> {
        let digest = Ticket.digest(of: code)
        let token = Ticket.make()
        return try await database.transaction { connection in
            guard let session = try Self.lockSession(ofCode: digest, on: connection),
                let kept = try Self.code(digest, on: connection), kept.isInTime || kept.isUsed
            else { return .failure(.unknown) }
            guard session.client == client.id else { return .failure(.foreign) }
            guard !kept.isUsed else {
                try SessionStore.end(session.id, because: .reuse, on: connection)
                return .failure(.reused)
            }
            guard try admits(session) else { return .failure(.closed) }
            try connection.run("update verifier.codes set used_at = now() where digest = \(digest)")
            guard redirectURI == kept.redirectURI else { return .failure(.redirect) }
            guard kept.isProven(by: verifier) else { return .failure(.verifier) }
            try Self.keep(token, of: session.id, on: connection)
            return .success(Grant(session: session, nonce: kept.nonce, refreshToken: token))
        }
    }

    /// Changes a refresh token for a new one, and has the session last longer.
    ///
    /// A second use ends the session with all its tokens (RFC 9700 §4.14.2).
    ///
    /// - Parameter admits: Whether the session may go on; what it throws leaves the token as it is.
    func refresh(
        _ token: String,
        by client: Client,
        admitting admits: @Sendable (Session) throws -> Bool
    ) async throws -> Result<Grant, Refusal> {
        let digest = Ticket.digest(of: token)
        let next = Ticket.make()
        return try await database.transaction { connection in
            guard let session = try Self.lockSession(ofRefreshToken: digest, on: connection),
                let kept = try Self.refreshToken(digest, on: connection), kept.isInTime || kept.isUsed
            else { return .failure(.unknown) }
            guard session.client == client.id else { return .failure(.foreign) }
            guard !kept.isUsed else {
                try SessionStore.end(session.id, because: .reuse, on: connection)
                return .failure(.reused)
            }
            guard try admits(session) else { return .failure(.closed) }
            try connection.run("update verifier.refresh_tokens set used_at = now() where digest = \(digest)")
            try Self.keep(next, of: session.id, on: connection)
            try Self.prolong(session.id, on: connection)
            return .success(Grant(session: session, nonce: nil, refreshToken: next))
        }
    }

    /// The live session of a refresh token that was not used yet.
    func session(ofRefreshToken token: String) async throws -> Session? {
        let rows = try await database.run(
            """
            select session_id from verifier.refresh_tokens
            where digest = \(Ticket.digest(of: token)) and used_at is null and expires_at > now()
            """
        )
        guard let id = try rows.first?.decode(String.self) else { return nil }
        return try await sessions.live(id)
    }

    /// Ends a session because its person or client asked for it.
    func end(_ session: String) async throws {
        try await database.transaction { try SessionStore.end(session, because: .loggedOff, on: $0) }
    }
}
