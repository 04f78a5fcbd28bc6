import FoundationEssentials
import Messages
import Metrics
import Postgres

/// Sessions as clients come by them and go on with them: by code, by native logon, by refresh token.
///
/// A session's row is locked before its codes and tokens are looked at, so that of many who show the same one exactly
/// one wins, and the others are noticed.
struct GrantStore: Sendable {
    let database: Database
    let sessions: SessionStore

    /// How long a code counts.
    static let codeLifetime: Duration = .seconds(60)
    /// How long whoever proves to have asked for a code may send it twice: a button was pressed twice, or a request was
    /// repeated on the way. It gets nothing, and nothing is ended by it.
    static let codeGrace: Duration = .seconds(10)

    /// What a client showed does not entitle it to tokens.
    enum Refusal: String, Error, Sendable {
        case unknown = "It is not known, has expired, or its session has ended."
        case reused = "It was used before; the session has been ended."
        case repeated = "It was used just now."
        case closed = "The identity provider is closed."
        case foreign = "It was issued to another client."
        case redirect = "redirect_uri is not the one of the authorization request."
        case verifier = "code_verifier does not match the code_challenge."
    }

    /// Begins a session and makes the code for it.
    ///
    /// - Parameter carried: What the code answers, where that counts once.
    /// - Returns: `nil` when the person was disabled or deleted, or the client, this very moment.
    /// - Throws: A refusal of the logon where it was answered before.
    func begin(
        _ principal: Principal,
        for request: AuthorizationRequest,
        of client: Client,
        by authentication: Authentication = .fresh(nil),
        answering carried: CarriedRequest? = nil
    ) async throws -> Ticket? {
        let code = Ticket.make()
        let seconds = Int64(Self.codeLifetime / .seconds(1))
        let grant = try await begin(principal, client, request.scope, authentication) { session, connection in
            if let carried, try !UsedTickets.use(carried.digest, on: connection) {
                throw Verifier.Refusal(.stateReplayed)
            }
            try connection.run(
                """
                insert into verifier.codes (digest, session_id, client_id, redirect_uri, challenge, nonce, expires_at)
                values (\(code.digest), \(session), \(client.id), \(request.redirectURI), \(request.challenge),
                    \(request.nonce), now() + make_interval(secs => \(seconds)))
                """
            )
        }
        return grant == nil ? nil : code
    }

    /// Begins a session whose client gets its tokens at once.
    ///
    /// - Returns: `nil` when the person was disabled or deleted, or the client, this very moment.
    func begin(_ principal: Principal, client: Client) async throws -> Grant? {
        try await begin(principal, client, client.scope, .fresh(nil)) { _, _ in }
    }

    /// Takes a code, once.
    ///
    /// A second use ends the session: one of the two who showed the code had stolen it (RFC 6749 §4.1.2). Only who
    /// proves to have asked for it may show it twice within ``codeGrace``.
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
        return try await database.transaction { connection in
            guard let session = try Self.lockSession(ofCode: digest, on: connection),
                let kept = try Self.code(digest, on: connection), kept.isInTime || kept.isUsed
            else { return .failure(.unknown) }
            guard session.client == client.id else { return .failure(.foreign) }
            let mistake = kept.mistake(redirectURI: redirectURI, verifier: verifier)
            guard !kept.isUsed else {
                if kept.isUsedJustNow, mistake == nil { return .failure(.repeated) }
                try SessionStore.end(session.id, because: .reuse, on: connection)
                return .failure(.reused)
            }
            guard try admits(session) else { return .failure(.closed) }
            try connection.run("update verifier.codes set used_at = now() where digest = \(digest)")
            if let mistake { return .failure(mistake) }
            let token = try Self.refreshState(of: session.id, on: connection).map {
                RefreshToken(firstOf: session.id, key: $0.key)
            }
            if let token { try Self.keep(token, lasting: client.lifetime, on: connection) }
            return .success(Grant(session: session, nonce: kept.nonce, refreshToken: token))
        }
    }

    /// Changes a refresh token for a new one, and has the session last longer.
    ///
    /// The one before the current gets the same answer again for a short while; shown later it ends the session with all
    /// its tokens (RFC 9700 §4.14.2).
    ///
    /// - Parameter admits: Whether the session may go on; what it throws leaves the token as it is.
    func refresh(
        _ text: String,
        by client: Client,
        admitting admits: @Sendable (Session) throws -> Bool
    ) async throws -> Result<Grant, Refusal> {
        guard let token = RefreshToken(text) else { return .failure(.unknown) }
        return try await database.transaction { connection in
            guard let session = try Self.lock(token.session, on: connection),
                let state = try Self.refreshState(of: session.id, on: connection)
            else { return .failure(.unknown) }
            let use = state.use(of: token)
            guard use != .unknown else { return .failure(.unknown) }
            guard session.client == client.id else { return .failure(.foreign) }
            guard use != .late else {
                try SessionStore.end(session.id, because: .reuse, on: connection)
                return .failure(.reused)
            }
            guard try admits(session) else { return .failure(.closed) }
            let next = token.next(state.key)
            if use == .current { try Self.keep(next, lasting: client.lifetime, on: connection) }
            return .success(Grant(session: session, nonce: nil, refreshToken: next))
        }
    }

    /// The live session of a refresh token that is the current one.
    func session(ofRefreshToken text: String) async throws -> Session? {
        guard let token = RefreshToken(text) else { return nil }
        return try await database.transaction { connection in
            guard let state = try Self.refreshState(of: token.session, on: connection),
                state.use(of: token) == .current
            else { return nil }
            return try SessionStore.live(token.session, on: connection)
        }
    }

    /// Ends a session because its client asked for it.
    func end(_ session: String) async throws {
        try await database.transaction { try SessionStore.end(session, because: .loggedOff, on: $0) }
    }

    /// Logs a person off: ends a session, and all others of the same browser.
    func logOff(_ session: String) async throws {
        try await database.transaction { try SessionStore.logOff(session, on: $0) }
    }
}
