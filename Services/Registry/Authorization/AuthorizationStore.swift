import Messages
import Postgres

/// The requests for authorization.
struct AuthorizationStore: Sendable {
    let database: Database

    /// An identity provider's requests, newest first.
    func requests(of id: IdentityProviderID) async throws -> [AuthorizationRequest] {
        try await database.run(
            """
            select \(AuthorizationRequest.columns) from registry.authorizations
            where idp = \(id) order by created_at desc limit 20
            """
        ).map(AuthorizationRequest.init)
    }

    /// The request that a state belongs to.
    static func find(state: String, on connection: isolated Connection) throws -> AuthorizationRequest? {
        try connection.run(
            "select \(AuthorizationRequest.columns) from registry.authorizations where state = \(state)"
        ).first.map(AuthorizationRequest.init)
    }

    /// Stores a new request.
    static func insert(
        _ state: String,
        of id: IdentityProviderID,
        url: String,
        expiresAt: Timestamp,
        by actor: String,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into registry.authorizations (state, idp, url, created_at, created_by, expires_at)
            values (\(state), \(id), \(url), \(Timestamp.now), \(actor), \(expiresAt))
            """
        )
    }

    /// An enterprise was connected by it.
    ///
    /// - Parameter corp: The enterprise's key.
    static func complete(_ state: String, by corp: String, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.authorizations set completed_at = \(Timestamp.now), corp_key = \(corp)
            where state = \(state)
            """
        )
    }

    /// Something was connected: what was asked for before is void, so that no old QR code takes its place.
    ///
    /// - Parameter state: The request by which it was connected; nil for an app of the enterprise's own.
    static func void(
        of id: IdentityProviderID,
        but state: String?,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            update registry.authorizations set is_void = true
            where idp = \(id) and not is_void and state is distinct from \(state)
            """
        )
    }
}
