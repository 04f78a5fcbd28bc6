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

    /// One page of the sessions.
    struct Page: Encodable, Equatable, Sendable {
        let items: [Item]
        /// What the next page begins after; `nil` on the last one.
        let nextCursor: String?

        private enum CodingKeys: CodingKey { case items, nextCursor }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(items, forKey: .items)
            try container.encode(nextCursor, forKey: .nextCursor)
        }
    }

    /// How many a page can have, and has where nothing else is asked for.
    static let pageSizes = 1...200
    static let usualPageSize = 50

    /// The sessions, those first that began last: their ids are in the order of time.
    ///
    /// - Parameter cursor: The ``Page/nextCursor`` of the page before.
    func list(
        _ user: UserID,
        in identityProvider: IdentityProviderID,
        after cursor: String? = nil,
        upTo limit: Int = usualPageSize
    ) async throws -> Page {
        let found = try await items(user, identityProvider, after: cursor, upTo: limit + 1)
        let items = Array(found.prefix(limit))
        return Page(items: items, nextCursor: found.count > limit ? items.last?.id : nil)
    }

    private func items(
        _ user: UserID,
        _ identityProvider: IdentityProviderID,
        after cursor: String?,
        upTo count: Int
    ) async throws -> [Item] {
        try await database.run(
            """
            select id, client_id, scope, (extract(epoch from authenticated_at) * 1000)::bigint,
                (extract(epoch from expires_at) * 1000)::bigint
            from verifier.sessions
            where idp_id = \(identityProvider.uuid) and user_id = \(user.uuid)
                and ended_at is null and expires_at > now()
                and (\(cursor)::text is null or id collate "C" < \(cursor))
            order by id collate "C" desc limit \(count)
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
