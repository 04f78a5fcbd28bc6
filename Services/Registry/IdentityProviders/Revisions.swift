import FoundationEssentials
import Messages
import Postgres
import Runtime

/// One state of an identity provider, and what made it.
struct RevisionItem: Encodable, Sendable {
    var revision: Revision
    var changedAt: Timestamp
    /// An API key's name, `wecom` or `registry`.
    var changedBy: String
    /// By field: `{"from"?, "to"?}`.
    var changes: JSON
}

/// The states that an identity provider has been in.
struct RevisionStore: Sendable {
    let database: Database

    /// An identity provider's revisions, newest first.
    func list(_ page: Page, of id: IdentityProviderID) async throws -> Listing<RevisionItem> {
        let rows = try await database.run(
            """
            select revision, \(time: "changed_at"), changed_by, changes
            from registry.revisions
            where idp = \(id)
                and (\(try page.afterNumber)::bigint is null or revision < \(try page.afterNumber)::bigint)
            order by revision desc limit \(page.rows)
            """
        )
        let items = try rows.map { row in
            let (revision, at, by, changes) = try row.decode(Revision.self, Timestamp.self, String.self, JSON.self)
            return RevisionItem(revision: revision, changedAt: at, changedBy: by, changes: changes)
        }
        return Listing(items, of: page) { $0.revision.description }
    }

    /// What changed since a client looked: the fields that differ, with what the client would make of them.
    ///
    /// - Parameter sent: The fields of the client's request.
    static func changes(
        of provider: IdentityProvider,
        since seen: Revision,
        sent: [String: JSON],
        on connection: isolated Connection
    ) throws -> [String: ForeignChange] {
        let rows = try connection.run(
            "select settings from registry.revisions where idp = \(provider.id) and revision = \(seen)"
        )
        guard let row = rows.first else { return [:] }
        let settings = try row.decode(JSON.self)
        guard case .object(let old) = settings else { return [:] }
        let current = try SettingsView(provider.configuration).fields
        return SettingsChanges(from: old, to: current).fields.reduce(into: [:]) { changes, field in
            changes[field.key] = ForeignChange(yours: sent[field.key], current: field.value.to)
        }
    }
}
