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
    let limits: LogonLimits

    init(database: Database, sessions: SessionStore) {
        self.database = database
        self.sessions = sessions
        limits = LogonLimits(database: database)
    }

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
    /// - Throws: ``NotBegun`` where person or client may not this very moment, or what is answered was answered before.
    func begin(
        _ principal: Principal,
        for request: AuthorizationRequest,
        of client: Client,
        by authentication: Authentication = .fresh(nil),
        answering carried: CarriedRequest? = nil
    ) async throws -> Ticket {
        let code = NewCode(request: request, carried: carried)
        _ = try await begin(principal, client, request.scope, authentication, .code(code))
        return code.ticket
    }

    /// Begins a session whose client gets its tokens at once.
    ///
    /// - Throws: ``NotBegun`` where person or client may not this very moment.
    func begin(_ principal: Principal, client: Client) async throws -> Grant {
        try await begin(principal, client, client.scope, .fresh(nil), nil)
    }

    /// Takes a code, once.
    ///
    /// A second use ends the session: one of the two who showed the code had stolen it (RFC 6749 §4.1.2). Only who
    /// proves to have asked for it may show it twice within ``codeGrace``. What is shown with something wrong is spent, too,
    /// and the session over, as nobody can come for it any more.
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
            let id: SQL = "(select session_id from verifier.codes where digest = \(digest))"
            let (session, state, rows) = try Self.lock(id, Self.code(digest), on: connection)
            guard let session, let kept = try Self.code(rows), kept.isInTime || kept.isUsed else {
                return .failure(.unknown)
            }
            guard session.client == client.id else { return .failure(.foreign) }
            let mistake = kept.mistake(redirectURI: redirectURI, verifier: verifier)
            guard !kept.isUsed else {
                if kept.isUsedJustNow, mistake == nil { return .failure(.repeated) }
                try SessionStore.end(session.id, because: .reuse, on: connection)
                return .failure(.reused)
            }
            guard try admits(session) else { return .failure(.closed) }
            if let mistake {
                try SessionStore.end(session.id, because: .codeRefused, on: connection)
                return .failure(mistake)
            }
            let use: SQL = "update verifier.codes set used_at = now() where digest = \(digest)"
            let token = state.map { RefreshToken(firstOf: session.id, key: $0.key) }
            try connection.end(with: [use, Self.handOver(session, token, lasting: client.lifetime)])
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
            let (session, state, _) = try Self.lock("\(token.session)", on: connection)
            guard let session, let state else { return .failure(.unknown) }
            let use = state.use(of: token)
            guard use != .unknown else { return .failure(.unknown) }
            guard session.client == client.id else { return .failure(.foreign) }
            guard use != .late else {
                try SessionStore.end(session.id, because: .reuse, on: connection)
                return .failure(.reused)
            }
            guard try admits(session) else { return .failure(.closed) }
            let next = token.next(state.key)
            if use == .current { try connection.end(with: [Self.keep(next, lasting: client.lifetime)]) }
            return .success(Grant(session: session, nonce: nil, refreshToken: next))
        }
    }

    /// The live session of a refresh token that is the current one, or was.
    func session(ofRefreshToken text: String, orFormer: Bool = false) async throws -> Session? {
        guard let token = RefreshToken(text) else { return nil }
        return try await database.transaction { connection in
            let id: SQL = "\(token.session)"
            let answers = try connection.pipeline([Self.refreshState(of: id), SessionStore.live(id)])
            let use = try Self.refreshState(answers[0])?.use(of: token) ?? .unknown
            guard use == .current || orFormer && use != .unknown else { return nil }
            return try answers[1].first.map(SessionStore.session)
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

    /// Logs a person off in the browser that remembers them.
    func logOff(_ logon: Ticket) async throws {
        try await database.transaction { try SessionStore.logOff(logon, on: $0) }
    }
}
