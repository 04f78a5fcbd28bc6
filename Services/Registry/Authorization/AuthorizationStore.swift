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
    func find(state: String) async throws -> AuthorizationRequest? {
        try await database.run(
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

    /// The administrator has scanned and agreed, and the code was exchanged.
    static func complete(_ state: String, corpName: String?, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.authorizations
            set completed_at = \(Timestamp.now), corp_name = \(corpName), failure = null where state = \(state)
            """
        )
    }

    /// Whether the identity provider was authorized by this request, or by another one since this one was made.
    static func isUsed(_ request: AuthorizationRequest, on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            """
            select exists (
                select from registry.authorizations used
                join registry.authorizations asked on asked.idp = used.idp
                where asked.state = \(request.state) and used.completed_at >= asked.created_at
            )
            """
        )
        return try rows.decode(Bool.self) == [true]
    }

    /// Remembers why it did not work, for whoever waits for it; a request that was completed stays completed.
    func fail(_ state: String, because reason: String) async throws {
        try await database.run(
            """
            update registry.authorizations set failure = \(reason) where state = \(state) and completed_at is null
            """
        )
    }
}
