import FoundationEssentials
import Messages
import Postgres

/// The live sessions of one person, as operators see and end them.
struct PersonSessions: Sendable {
    let database: Database

    /// A session as operators see it.
    struct Item: Encodable, Equatable, Sendable {
        /// What `sid` says.
        let id: String
        let clientID: String
        let scope: String
        /// When the person signed in with WeCom.
        let authenticatedAt: Timestamp
        /// When it ends unless it is refreshed.
        let expiresAt: Timestamp
    }

    /// The sessions, the newest first.
    func list(_ user: UserID, in identityProvider: IdentityProviderID) async throws -> [Item] {
        try await database.run(
            """
            select id, client_id, scope, (extract(epoch from authenticated_at) * 1000)::bigint,
                (extract(epoch from expires_at) * 1000)::bigint
            from verifier.sessions
            where idp_id = \(identityProvider.uuid) and user_id = \(user.uuid)
                and ended_at is null and expires_at > now()
            order by authenticated_at desc, id
            """
        ).map { row in
            let (id, client, scope, authenticated, expires) = try row.decode(
                String.self,
                String.self,
                String.self,
                Int64.self,
                Int64.self
            )
            return Item(
                id: id,
                clientID: client,
                scope: scope,
                authenticatedAt: Timestamp(millisecondsSince1970: authenticated),
                expiresAt: Timestamp(millisecondsSince1970: expires)
            )
        }
    }

    /// Ends the sessions, and has the person's browsers forget them.
    ///
    /// - Returns: How many there were.
    func end(_ user: UserID, in identityProvider: IdentityProviderID) async throws -> Int {
        try await database.transaction { connection in
            try SessionStore.end(of: [user], in: identityProvider, because: .administrator, on: connection).count
        }
    }
}
