import FoundationEssentials
import Messages
import Postgres
import Runtime

/// One state of an identity provider, and what made it.
struct RevisionItem: Encodable, Sendable {
    var revision: Revision
    var changedAt: Timestamp
    var changedBy: AuditActor
    /// By field: `{"from"?, "to"?}`.
    var changes: JSON
    /// All settings of that state; nil in lists.
    var settings: JSON?
}

/// What differs between two states of an identity provider.
struct RevisionDifference: Encodable, Sendable {
    var from: Revision
    var to: Revision
    /// By field: `{"from"?, "to"?}`.
    var changes: JSON
}

/// The states that an identity provider has been in.
struct RevisionStore: Sendable {
    let database: Database

    /// So many of an identity provider's newest states are kept.
    static let kept: Int64 = 200

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
            let (revision, at, by, changes) = try row.decode(Revision.self, Timestamp.self, AuditActor.self, JSON.self)
            return RevisionItem(revision: revision, changedAt: at, changedBy: by, changes: changes)
        }
        return Listing(items, of: page) { $0.revision.description }
    }

    /// One state. Throws 404 when there is none of this number, or none any more.
    func find(_ revision: Revision, of id: IdentityProviderID) async throws -> RevisionItem {
        let rows = try await database.run(
            """
            select \(time: "changed_at"), changed_by, changes, settings
            from registry.revisions where idp = \(id) and revision = \(revision)
            """
        )
        guard let row = rows.first else { throw Problem.noRevision }
        let (at, by, changes, settings) = try row.decode(Timestamp.self, AuditActor.self, JSON.self, JSON.self)
        return RevisionItem(revision: revision, changedAt: at, changedBy: by, changes: changes, settings: settings)
    }

    /// What differs between two states, in either direction. Throws 404 when one is not there.
    func difference(
        from old: Revision,
        to new: Revision,
        of id: IdentityProviderID
    ) async throws -> RevisionDifference {
        var changes = SettingsChanges(
            from: try await settings(old, of: id),
            to: try await settings(new, of: id)
        )
        if changes.fields["authorization"] == nil, try await isSecretReplaced(between: old, and: new, of: id) {
            changes.fields["secret"] = SettingsChanges.Change(to: .string("replaced"))
        }
        return RevisionDifference(from: old, to: new, changes: try changes.json)
    }

    /// The settings of a state, by name.
    func settings(_ revision: Revision, of id: IdentityProviderID) async throws -> [String: JSON] {
        guard case .object(let fields) = try await find(revision, of: id).settings else {
            throw StoredDataError(what: "the settings of a revision")
        }
        return fields
    }

    /// Settings hold no secrets, so that only the changes tell of another one.
    private func isSecretReplaced(
        between one: Revision,
        and other: Revision,
        of id: IdentityProviderID
    ) async throws -> Bool {
        let rows = try await database.run(
            """
            select exists (
                select from registry.revisions
                where idp = \(id) and revision > \(min(one, other)) and revision <= \(max(one, other))
                    and jsonb_exists(changes, 'secret')
            )
            """
        )
        return try rows.decode(Bool.self) == [true]
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

extension Problem {
    /// 404: no such state is kept.
    static let noRevision = Problem.notFound(
        "The identity provider has no revision of this number, or it is not kept any more."
    )
}
