import Foundation
import Messages
import Postgres
import Testing

@testable import Verifier

extension Bench {
    var grants: GrantStore { GrantStore(database: wiring.database, sessions: wiring.sessions) }

    func principal(_ userID: String, of configuration: IdentityProviderConfiguration) async throws -> Principal {
        let key = (configuration.connection?.userIDCase ?? .sensitive).key(of: userID)
        let principals = PrincipalStore(database: wiring.database)
        return try #require(try await principals.find(key, in: configuration.id, configuration.generation))
    }

    /// Begins a session past all that a logon looks at.
    func begin(
        _ userID: String,
        of configuration: IdentityProviderConfiguration,
        client: String
    ) async throws -> Grant {
        let client = try #require(try await wiring.clients.find(client))
        return try await grants.begin(principal(userID, of: configuration), client: client)
    }

    /// The same, with a code for the public client.
    func beginWithCode(_ userID: String, of configuration: IdentityProviderConfiguration) async throws -> String {
        let request = AuthorizationRequest(
            client: "sase",
            redirectURI: Self.redirectURI,
            scope: Scope("openid offline_access"),
            state: nil,
            nonce: nil,
            challenge: Self.challenge
        )
        let client = try #require(try await wiring.clients.find("sase"))
        return try await grants.begin(principal(userID, of: configuration), for: request, of: client).text
    }

    /// An access token of a session, made with the service's own key.
    func accessToken(
        of session: Session,
        for scope: Scope? = nil,
        expiringIn seconds: Int64 = 600
    ) async throws -> String {
        let scope = scope ?? session.scope
        let now = Int64(Date.now.timeIntervalSince1970)
        let token = AccessToken(
            iss: Self.publicURL,
            sub: session.principal.id.description,
            aud: scope.contains(.registry) ? Audience(Self.publicURL, Audience.registry) : Audience(Self.publicURL),
            exp: now + seconds,
            iat: now,
            jti: UUID().uuidString,
            client: session.client,
            scope: scope.description,
            sid: session.id
        )
        return try await wiring.keys.sign(token, type: AccessToken.type)
    }

    /// The same access token, one second too old.
    func aged(_ token: String) async throws -> String {
        let access = try #require(
            try await wiring.keys.verify(token, type: AccessToken.type, as: AccessToken.self)
        )
        let session = try #require(try await wiring.sessions.live(access.sid))
        return try await accessToken(of: session, expiringIn: -1)
    }

    /// Whether no session of an identity provider is live, and one was.
    func hasEnded(_ configuration: IdentityProviderConfiguration) async throws -> Bool {
        let rows = try await wiring.database.run(
            "select bool_and(ended_at is not null) from verifier.sessions where idp_id = \(configuration.id.uuid)"
        )
        let haveAllEnded = try rows[0].decode(Bool?.self)
        return haveAllEnded ?? false
    }

    /// Whether introspection says so to a client.
    func isActive(_ token: String, for client: [String: String]) async throws -> Bool {
        let response = try await browser.post("/oauth2/introspect", form: client.merging(["token": token]) { $1 })
        let isActive = try response.json["active"] as? Bool
        try #require(isActive != nil, "\(response.text)")
        return isActive ?? false
    }

    var seal: TravellingSeal { TravellingSeal(keys: wiring.settings.sealing) }

    /// What a client asks for, as the pages carry it.
    func ticket(endingIn seconds: Int64 = 600, id: String = Ticket.make().text) throws -> String {
        try seal.seal(carried(endingIn: seconds, id: id))
    }

    private func carried(endingIn seconds: Int64, id: String) -> CarriedRequest {
        let request = AuthorizationRequest(
            client: "sase",
            redirectURI: Self.redirectURI,
            scope: Scope("openid"),
            state: "client state",
            nonce: nil,
            challenge: Self.challenge
        )
        return CarriedRequest(id: id, request: request, end: Int64(Date.now.timeIntervalSince1970) + seconds)
    }

    /// Has a browser be at WeCom for too long.
    ///
    /// - Returns: The state.
    func late(_ configuration: IdentityProviderConfiguration, in browser: TestBrowser) throws -> String {
        let state = Ticket.make(isAlphanumeric: true).text
        let pending = PendingLogon(
            identityProvider: configuration.id,
            carried: carried(endingIn: 600, id: Ticket.make().text),
            end: Int64(Date.now.timeIntervalSince1970) - 1
        )
        let cookies = BrowserCookies(isSecure: true)
        browser.keep(cookies.pendingName(of: state), try seal.seal(pending, for: "state/\(state)"))
        return state
    }
}
