import FoundationEssentials
import Messages
import Postgres

/// What is under way in a browser: the client's request, and the state that WeCom gives back.
///
/// Both are bound to the browser's cookie, so that nobody can finish in one browser what was begun in another
/// (RFC 6749 §10.12).
struct LogonStateStore: Sendable {
    let database: Database

    /// How long a person may take from the client's request to the choice of an identity provider.
    static let requestLifetime: Duration = .seconds(3_600)
    /// How long a person may take at WeCom.
    static let stateLifetime: Duration = .seconds(600)

    /// A logon that came back from WeCom.
    struct Pending: Sendable {
        let identityProvider: IdentityProviderID
        /// What the client asked for; `nil` where a person only tries the connection out.
        let kept: Kept?
    }

    /// A client's request, and what it is kept under.
    struct Kept: Sendable {
        let digest: [UInt8]
        let request: AuthorizationRequest
    }

    /// Keeps a client's request.
    ///
    /// - Returns: What the pages carry along.
    func keep(_ request: AuthorizationRequest, browser: Browser) async throws -> Ticket {
        let ticket = Ticket.make()
        let seconds = Int64(Self.requestLifetime / .seconds(1))
        try await database.run(
            """
            insert into verifier.authorization_requests
                (digest, browser, client_id, redirect_uri, response_mode, scope, state, nonce, challenge, subject,
                language, expires_at)
            values (\(ticket.digest), \(browser.digest), \(request.client), \(request.redirectURI),
                \(request.responseMode.rawValue), \(request.scope.description), \(request.state), \(request.nonce),
                \(request.challenge), \(request.subject?.uuid), \(request.language?.rawValue),
                now() + make_interval(secs => \(seconds)))
            """
        )
        return ticket
    }

    /// The request that a page carries along; without one, the browser's newest.
    func request(_ ticket: String?, browser: Browser) async throws -> Kept? {
        let rows =
            if let ticket {
                try await database.run(
                    """
                    select \(Self.columns) from verifier.authorization_requests as request
                    where digest = \(Ticket.digest(of: ticket)) and browser = \(browser.digest) and expires_at > now()
                    """
                )
            } else {
                try await database.run(
                    """
                    select \(Self.columns) from verifier.authorization_requests as request
                    where browser = \(browser.digest) and expires_at > now()
                    order by created_at desc limit 1
                    """
                )
            }
        return try rows.first.map(Self.request)
    }

    /// Keeps that somebody goes to WeCom now.
    ///
    /// - Returns: What WeCom gives back.
    func begin(
        through identityProvider: IdentityProviderID,
        request: [UInt8]?,
        browser: Browser
    ) async throws -> Ticket {
        let state = Ticket.make(isAlphanumeric: true)
        let seconds = Int64(Self.stateLifetime / .seconds(1))
        try await database.run(
            """
            insert into verifier.logon_states (digest, browser, request, idp_id, expires_at)
            values (\(state.digest), \(browser.digest), \(request), \(identityProvider.uuid),
                now() + make_interval(secs => \(seconds)))
            """
        )
        return state
    }

    /// Forgets a request that was answered.
    func forget(_ kept: Kept) async throws {
        try await database.run("delete from verifier.authorization_requests where digest = \(kept.digest)")
    }

    /// Takes a state, once; `nil` where it is not known, too old, or another browser's.
    func take(_ state: String, browser: Browser) async throws -> Pending? {
        let digest = Ticket.digest(of: state)
        let rows = try await database.run(
            """
            with taken as (
                delete from verifier.logon_states
                where digest = \(digest) and browser = \(browser.digest) and expires_at > now()
                returning idp_id, request)
            select taken.idp_id, \(Self.columns)
            from taken left join verifier.authorization_requests as request on request.digest = taken.request
            """
        )
        guard let row = rows.first else { return nil }
        let (idp, request) = try row.decode(UUID.self, [UInt8]?.self)
        return Pending(
            identityProvider: IdentityProviderID(idp),
            kept: try request == nil ? nil : Self.request(row.dropFirst(1))
        )
    }

    /// What ``request(_:)`` reads of `verifier.authorization_requests as request`.
    private static let columns: SQL = """
        request.digest, request.client_id, request.redirect_uri, request.response_mode, request.scope, request.state,
        request.nonce, request.challenge, request.subject, request.language
        """

    private static func request(_ row: Row) throws -> Kept {
        let (digest, client, redirect, mode, scope, state, nonce, challenge, subject, language) = try row.decode(
            [UInt8].self,
            String.self,
            String.self,
            String.self,
            String.self,
            String?.self,
            String?.self,
            String?.self,
            UUID?.self,
            String?.self
        )
        let request = AuthorizationRequest(
            client: client,
            redirectURI: redirect,
            responseMode: AuthorizationRequest.ResponseMode(rawValue: mode) ?? .query,
            scope: Scope(scope),
            state: state,
            nonce: nonce,
            challenge: challenge,
            subject: subject.map { UserID($0) },
            language: language.flatMap { PageLanguage(rawValue: $0) }
        )
        return Kept(digest: digest, request: request)
    }
}
