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

    /// What becomes of whom and of what the run changed or brought, by their keys; whose rows are gone is not among them.
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

    /// Of an object's row `r` of the run, or none where it was new.
    private var isChangedSince: SQL {
        """
        exists (
            select from directory.run_objects later
            where later.idp_id = \(identityProvider.uuid) and later.kind = c.kind and later.object = c.object
                and later.epoch > \(epoch.rawValue) and later.before is not null
        ) or exists (
            select from directory.deleted_objects gone
            where gone.idp_id = \(identityProvider.uuid) and gone.kind = c.kind and gone.object = c.object
                and gone.at > c.at
        )
        """
    }

    private func people(_ keys: [String]?) -> SQL {
        """
        with undone as (
            select requested_at as at from directory.runs
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and not is_dry_run
        ), c as (
            select 'user' as kind, object, at, before from directory.run_objects
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and kind = 'user'
                and before is not null and (\(keys)::text[] is null or object = any(\(keys)::text[]))
            union all
            select 'user', u.directory_key, undone.at, null from directory.users u join undone on u.created_at = undone.at
            where u.idp_id = \(identityProvider.uuid)
                and (\(keys)::text[] is null or u.directory_key = any(\(keys)::text[]))
        )
        select c.object, u.external_id, c.before is null, u.removed_at is null,
            c.before is not null and case when c.before ? 'removed_at' then c.before ->> 'removed_at' is null
                else u.removed_at is null end,
            u.status in (1, 4), c.before is not null and coalesce((c.before ->> 'status')::integer, u.status) in (1, 4),
            u.generation <> \(run.terms.generation.rawValue) or coalesce(c.before ? 'id', false) or exists (
                select from directory.deleted_objects replaced
                where replaced.idp_id = u.idp_id and replaced.kind = 'user' and replaced.object = c.object
                    and replaced.epoch = \(epoch.rawValue)
            ), \(isChangedSince)
        from c cross join lateral (
            select * from directory.users u
            where u.idp_id = \(identityProvider.uuid) and u.directory_key = c.object limit 1
        ) u
        """
    }

    private func departments(_ ids: [String]?) -> SQL {
        """
        with undone as (
            select requested_at as at from directory.runs
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and not is_dry_run
        ), c as (
            select 'department' as kind, object, at, before from directory.run_objects
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and kind = 'department'
                and before is not null and (\(ids)::text[] is null or object = any(\(ids)::text[]))
            union all
            select 'department', d.external_id::text, undone.at, null
            from directory.departments d join undone on d.created_at = undone.at
            where d.idp_id = \(identityProvider.uuid)
                and (\(ids)::text[] is null or d.external_id::text = any(\(ids)::text[]))
        )
        select c.object, c.object, c.before is null, d.removed_at is null,
            c.before is not null and case when c.before ? 'removed_at' then c.before ->> 'removed_at' is null
                else d.removed_at is null end,
            true, true, false, \(isChangedSince)
        from c join directory.departments d
            on d.idp_id = \(identityProvider.uuid) and d.external_id = c.object::bigint
        """
    }
}
