import FoundationEssentials
import Messages
import Postgres

/// Takes back what one run did: who and what it changed is as it was, who and what was new is gone, and who and what was
/// gone is there again. What later runs changed too stays as it is.
struct Undoing {
    let identityProvider: IdentityProviderID
    /// The run that is taken back.
    let epoch: Epoch
    /// The run that does it.
    let run: SourceSegment.RunHead
    /// When the grace period of who goes begins.
    let time: Timestamp

    /// What becomes of an object.
    enum Step: Equatable {
        /// It is again what it was before.
        case putBack
        /// It goes, as it was new.
        case remove
        /// It stays as it is.
        case skip(ChangeReason)
    }

    /// What is done to an object, and whether it has access before and after.
    struct Plan: Equatable {
        /// The key of its row.
        let object: String
        let externalID: String
        let step: Step
        let isPresent: Bool
        let wasPresent: Bool
        /// Whether a person may log on, now and as it was.
        let isEnabled: Bool
        let wasEnabled: Bool

        /// What is told of it.
        var kind: DirectoryChanges.Kind {
            switch (isPresent, wasPresent) {
            case (true, false): .disabled
            case (false, true): .restored
            default: isEnabled == wasEnabled ? .updated : wasEnabled ? .restored : .disabled
            }
        }
    }

    /// How many objects of a kind are named that the run neither changed nor brought.
    ///
    /// - Parameter plans: What becomes of those that it did.
    func unchanged(_ kind: DirectoryObject.Kind, of objects: [DirectoryObject], but plans: [Plan]) -> Int {
        Set(keys(kind, of: objects) ?? []).subtracting(plans.map(\.object)).count
    }

    /// Which objects, by the keys of their rows; nil for all of them.
    func keys(_ kind: DirectoryObject.Kind, of objects: [DirectoryObject]?) -> [String]? {
        objects.map { $0.filter { $0.kind == kind }.map { $0.key(by: run.terms.userIDCase).externalID } }
    }

    /// What is known of an object that the run changed or brought.
    private struct Facts {
        let isNew: Bool
        let isAnother: Bool
        let isChangedSince: Bool
        let isProtected: Bool
    }

    private func step(_ facts: Facts, losesAccess: Bool) -> Step {
        if facts.isAnother { return .skip(.otherIdentity) }
        if facts.isChangedSince { return .skip(.changedSince) }
        if facts.isProtected, losesAccess { return .skip(.protected) }
        return facts.isNew ? .remove : .putBack
    }

    /// What becomes of whom and of what the run changed or brought, by their keys.
    ///
    /// - Throws: ``PostgresError``.
    func plans(
        _ kind: DirectoryObject.Kind,
        _ objects: [DirectoryObject]?,
        on connection: isolated Connection
    ) throws -> [Plan] {
        let protected = Set(
            run.terms.safetyLimits.protectedUsers.map { run.terms.userIDCase.key(of: $0).text }
        )
        let statement = kind == .user ? people(keys(.user, of: objects)) : departments(keys(.department, of: objects))
        return try connection.run(statement).map { row in
            let (
                object, externalID, isNew, isPresent, wasPresent, isEnabled, wasEnabled, isAnother, isChangedSince
            ) =
                try row.decode(
                    String.self,
                    String.self,
                    Bool.self,
                    Bool.self,
                    Bool.self,
                    Bool.self,
                    Bool.self,
                    Bool.self,
                    Bool.self
                )
            let facts = Facts(
                isNew: isNew,
                isAnother: isAnother,
                isChangedSince: isChangedSince,
                isProtected: kind == .user && protected.contains(object)
            )
            let losesAccess = isPresent && isEnabled && !(wasPresent && wasEnabled)
            return Plan(
                object: object,
                externalID: externalID,
                step: step(facts, losesAccess: losesAccess),
                isPresent: isPresent,
                wasPresent: wasPresent,
                isEnabled: isEnabled,
                wasEnabled: wasEnabled
            )
        }.sorted { $0.object < $1.object }
    }

    /// Of an object `c` that the run changed or brought.
    private var isChangedSince: SQL {
        """
        exists (
            select from run_objects later
            where later.idp_id = \(identityProvider.uuid) and later.kind = c.kind and later.object = c.object
                and later.epoch > \(epoch.rawValue) and later.before is not null and not later.is_as_before
        ) or exists (
            select from deleted_objects gone
            where gone.idp_id = \(identityProvider.uuid) and gone.kind = c.kind and gone.object = c.object
                and gone.at > c.at
        )
        """
    }

    /// The run, as `undone`, and what it changed or brought, as `c`; whose rows `now` are gone again is among them.
    ///
    /// - Parameters:
    ///   - rows: Their table, as `now`.
    ///   - key: The key of a row of it.
    ///   - isAmong: Whether a column is one of those that are asked for.
    private func objects(_ kind: DirectoryObject.Kind, rows: SQL, key: SQL, isAmong: (SQL) -> SQL) -> SQL {
        """
        with undone as (
            select requested_at as at, (terms ->> 'generation')::bigint as generation from runs
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and not is_dry_run
        ), c as (
            select kind, object, external_id, at, before, false as is_gone from run_objects
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and kind = \(kind.rawValue)
                and before is not null and not is_as_before and \(isAmong("object"))
            union all
            select \(kind.rawValue), \(key), now.external_id::text, undone.at, null, false
            from \(rows) now join undone on now.created_at = undone.at
            where now.idp_id = \(identityProvider.uuid) and \(isAmong(key))
            union all
            select kind, object, external_id, at, null, true from run_objects brought
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and kind = \(kind.rawValue)
                and change = 'created' and before is null and \(isAmong("object"))
                and not exists (
                    select from \(rows) now
                    where now.idp_id = brought.idp_id and \(key) = brought.object and now.created_at = brought.at
                )
        )
        """
    }

    private func people(_ keys: [String]?) -> SQL {
        let objects = objects(.user, rows: "users", key: "now.directory_key") { column in
            "(\(keys)::text[] is null or \(column) = any(\(keys)::text[]))"
        }
        return """
            \(objects)
            select c.object, coalesce(u.external_id, c.external_id), c.before is null,
                u.id is not null and u.removed_at is null,
                c.before is not null and case when c.before ? 'removed_at' then c.before ->> 'removed_at' is null
                    else u.removed_at is null end,
                coalesce(u.status in (1, 4), false), c.before is not null
                    and coalesce(coalesce((c.before ->> 'status')::integer, u.status) in (1, 4), false),
                coalesce(u.generation <> \(run.terms.generation.rawValue), false) or coalesce(c.before ? 'id', false)
                or exists (
                    select from deleted_objects replaced
                    where replaced.idp_id = \(identityProvider.uuid) and replaced.kind = 'user'
                        and replaced.object = c.object and replaced.epoch = \(epoch.rawValue)
                ) or exists (
                    select from missing m
                    where m.idp_id = \(identityProvider.uuid) and m.kind = 'user' and m.object = c.object
                        and (m.entry ->> 'isReused')::boolean
                ), u.id is null or \(isChangedSince)
            from c left join lateral (
                select * from users u
                where u.idp_id = \(identityProvider.uuid) and u.directory_key = c.object and not c.is_gone limit 1
            ) u on true
            """
    }

    private func departments(_ ids: [String]?) -> SQL {
        let objects = objects(.department, rows: "departments", key: "now.external_id::text") { column in
            "(\(ids)::text[] is null or \(column) = any(\(ids)::text[]))"
        }
        return """
            \(objects)
            select c.object, c.object, c.before is null, d.external_id is not null and d.removed_at is null,
                c.before is not null and case when c.before ? 'removed_at' then c.before ->> 'removed_at' is null
                    else d.removed_at is null end,
                true, true, undone.generation is distinct from \(run.terms.generation.rawValue),
                d.external_id is null or \(isChangedSince)
            from c cross join undone left join departments d
                on d.idp_id = \(identityProvider.uuid) and d.external_id = c.object::bigint and not c.is_gone
            """
    }
}
