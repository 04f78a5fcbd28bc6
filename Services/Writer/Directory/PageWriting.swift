import Messages
import Postgres

/// Keeps `directory.pages`. They are few, so one statement from arrays does it.
enum PageWriting {
    /// - Throws: ``PostgresError``.
    static func write(
        _ changes: [PageID: StoredPage?],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        let changes = changes.sorted { $0.key < $1.key }
        try upsert(
            changes.compactMap { id, page in page.map { (id, $0) } },
            of: identityProvider,
            on: connection
        )
        try delete(changes.filter { $0.value == nil }.map(\.key), of: identityProvider, on: connection)
    }

    private static func upsert(
        _ pages: [(id: PageID, page: StoredPage)],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        guard !pages.isEmpty else { return }
        try connection.run(
            """
            insert into pages (idp_id, department_id, part, digest, mapping, content, filtered)
            select \(identityProvider.uuid)::uuid, changed.* from unnest(
                \(pages.map(\.id.department))::bigint[], \(pages.map(\.id.part))::integer[],
                \(pages.map(\.page.digest.bytes))::bytea[], \(pages.map(\.page.mapping.bytes))::bytea[],
                \(pages.map(\.page.content.bytes))::bytea[],
                \(pages.map { ContentDigest.bytes(of: $0.page.filtered) })::bytea[]
            ) as changed
            on conflict (idp_id, department_id, part) do update set
                digest = excluded.digest, mapping = excluded.mapping, content = excluded.content,
                filtered = excluded.filtered
            """
        )
    }

    private static func delete(
        _ pages: [PageID],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        guard !pages.isEmpty else { return }
        try connection.run(
            """
            delete from pages as page using unnest(
                \(pages.map(\.department))::bigint[], \(pages.map(\.part))::integer[]
            ) as gone (department_id, part)
            where page.idp_id = \(identityProvider.uuid) and page.department_id = gone.department_id
                and page.part = gone.part
            """
        )
    }

    /// Forgets the pages of departments that are gone.
    ///
    /// - Throws: ``PostgresError``.
    static func tidy(_ identityProvider: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run(
            """
            delete from pages as page where idp_id = \(identityProvider.uuid) and not exists (
                select from departments as department
                where department.idp_id = page.idp_id and department.external_id = page.department_id
                    and department.removed_at is null
            )
            """
        )
    }

    /// Forgets all pages of an identity provider.
    ///
    /// - Throws: ``PostgresError``.
    static func deleteAll(of identityProvider: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run("delete from pages where idp_id = \(identityProvider.uuid)")
    }
}
