import Messages
import Postgres
import WeCom

/// The hints that wait to be used, each object once for each identity provider.
///
/// They stand apart from the identity providers' rows, so that WeCom's answer waits for nobody's lock.
enum HintStore {
    /// Keeps what a change hints at, for every identity provider that is connected to the enterprise. The first run of
    /// one that is connected later reads everything anyway.
    static func keep(_ change: ContactChange, on connection: isolated Connection) throws {
        let hints = change.hints.map(HintRow.init).sorted { $0.object < $1.object }
        let owners = try ConnectedCorps.identityProviders(of: change.corp, on: connection)
        guard !hints.isEmpty, !owners.isEmpty else { return }
        try connection.run(
            """
            insert into registry.hints (idp, kind, object, is_told_deleted, renamed_to, first_at, last_at)
            select idp, kind, object, is_told_deleted, nullif(renamed_to, ''), now(), now()
            from unnest(\(owners.map(\.description))::uuid[]) as idp,
                unnest(\(hints.map(\.kind))::text[], \(hints.map(\.object))::text[],
                    \(hints.map { String($0.isToldDeleted) })::boolean[], \(hints.map { $0.renamedTo ?? "" })::text[])
                    as hint (kind, object, is_told_deleted, renamed_to)
            on conflict (idp, kind, object) do update
            set is_told_deleted = hints.is_told_deleted or excluded.is_told_deleted,
                renamed_to = coalesce(excluded.renamed_to, hints.renamed_to), last_at = excluded.last_at
            """
        )
    }

    /// Makes one hint of those of an identity provider of which there are too many, or whose everything is to be read
    /// anyway. New user ids are kept: no reading shows who somebody was before.
    static func gather(of id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run(
            """
            with gone as (
                delete from registry.hints
                where idp = \(id) and kind <> 'everything' and (renamed_to is null or (
                    select count(*) from registry.hints told where told.idp = \(id) and told.renamed_to is not null
                ) > \(Hint.mostRenamings))
                returning first_at, last_at
            )
            insert into registry.hints (idp, kind, object, first_at, last_at)
            select \(id), 'everything', '', min(first_at), max(last_at) from gone having count(*) > 0
            on conflict (idp, kind, object) do update
            set first_at = least(hints.first_at, excluded.first_at), last_at = greatest(hints.last_at, excluded.last_at)
            """
        )
    }

    /// Takes the hints of an identity provider: the new user ids alone, before everything is read.
    static func take(of id: IdentityProviderID, on connection: isolated Connection) throws -> [Hint] {
        try connection.run(
            """
            delete from registry.hints
            where idp = \(id) and (renamed_to is not null or not (
                select coalesce(bool_or(renamed_to is not null) and bool_or(kind = 'everything'), false)
                from registry.hints told where told.idp = \(id)
            ))
            returning kind, object, is_told_deleted, renamed_to
            """
        ).map { row in
            let (kind, object, isToldDeleted, renamedTo) = try row.decode(
                String.self,
                String.self,
                Bool.self,
                String?.self
            )
            return try HintRow(kind: kind, object: object, isToldDeleted: isToldDeleted, renamedTo: renamedTo).hint
        }.sorted { $0.order < $1.order }
    }

    /// Forgets the hints of an identity provider that a full run has seen to: one that began after them, and read. It
    /// does not show whose new user id one is.
    ///
    /// - Returns: How many.
    static func forgetPassed(of id: IdentityProviderID, on connection: isolated Connection) throws -> Int {
        // Two machines' clocks may differ by as much.
        try connection.run(
            """
            delete from registry.hints where idp = \(id) and renamed_to is null and last_at < (
                select max(started_at) from registry.runs
                where idp = \(id) and kind = 'full' and not is_dry_run and outcome in ('succeeded', 'held')
            ) - interval '1 minute' returning 1
            """
        ).count
    }
}

/// A hint as it is stored.
private struct HintRow: Sendable {
    var kind: String
    var object: String
    var isToldDeleted: Bool
    var renamedTo: String?

    init(kind: String, object: String, isToldDeleted: Bool = false, renamedTo: String? = nil) {
        self.kind = kind
        self.object = object
        self.isToldDeleted = isToldDeleted
        self.renamedTo = renamedTo
    }

    init(_ hint: Hint) {
        switch hint {
        case .user(let id, let isToldDeleted, let renamedTo):
            self.init(kind: "user", object: id, isToldDeleted: isToldDeleted, renamedTo: renamedTo)
        case .department(let id): self.init(kind: "department", object: String(id))
        case .everything: self.init(kind: "everything", object: "")
        }
    }

    var hint: Hint {
        get throws {
            switch kind {
            case "user": return .user(object, isToldDeleted: isToldDeleted, renamedTo: renamedTo)
            case "department":
                guard let id = Int64(object) else { throw StoredDataError(what: "a department's number") }
                return .department(id)
            default: return .everything
            }
        }
    }
}

extension Hint {
    /// In which order runs name what they read.
    fileprivate var order: (String, Int64) {
        switch self {
        case .user(let id, _, _): (id, 0)
        case .department(let id): ("", id)
        case .everything: ("", 0)
        }
    }
}
