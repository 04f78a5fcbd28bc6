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
                (digest, browser, client_id, redirect_uri, scope, state, nonce, challenge, expires_at)
            values (\(ticket.digest), \(browser.digest), \(request.client), \(request.redirectURI), \(request.scope),
                \(request.state), \(request.nonce), \(request.challenge), now() + make_interval(secs => \(seconds)))
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
                    select digest, client_id, redirect_uri, scope, state, nonce, challenge
                    from verifier.authorization_requests
                    where digest = \(Ticket.digest(of: ticket)) and browser = \(browser.digest) and expires_at > now()
                    """
                )
            } else {
                try await database.run(
                    """
                    select digest, client_id, redirect_uri, scope, state, nonce, challenge
                    from verifier.authorization_requests
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
            select taken.idp_id, request.digest, client_id, redirect_uri, scope, state, nonce, challenge
            from taken left join verifier.authorization_requests as request on request.digest = taken.request
            """
        )
        guard let row = rows.first else { return nil }
        let (idp, requestDigest, client, redirect, scope, clientState, nonce, challenge) = try row.decode(
            UUID.self,
            [UInt8]?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self
        )
        var kept: Kept?
        if let requestDigest, let client, let redirect, let scope {
            let request = AuthorizationRequest(
                client: client,
                redirectURI: redirect,
                scope: scope,
                state: clientState,
                nonce: nonce,
                challenge: challenge
            )
            kept = Kept(digest: requestDigest, request: request)
        }
        return Pending(identityProvider: IdentityProviderID(idp), kept: kept)
    }

    private static func request(_ row: Row) throws -> Kept {
        let (digest, client, redirect, scope, state, nonce, challenge) = try row.decode(
            [UInt8].self,
            String.self,
            String.self,
            String.self,
            String?.self,
            String?.self,
            String?.self
        )
        let request = AuthorizationRequest(
            client: client,
            redirectURI: redirect,
            scope: scope,
            state: state,
            nonce: nonce,
            challenge: challenge
        )
        return Kept(digest: digest, request: request)
    }
}
