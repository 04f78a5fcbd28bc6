import FoundationEssentials
import Messages
import Postgres

/// Puts people into the directory: new ones by COPY straight into the table, changed ones by way of a
/// staging table. The index knows which is which; the key's uniqueness would tell if it were wrong.
enum UserWriting {
    /// - Parameter announcement: Is told what became of each person, as the directory has it now.
    /// - Throws: ``PostgresError``.
    static func write(
        _ changes: [UserChanges.Change],
        of identityProvider: IdentityProviderID,
        in segment: SourceSegment,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        let rows = UserRows(of: identityProvider, in: segment)
        let people = KeyOrder.sorted(changes)
        let ids = try UserIDs(of: people, in: identityProvider, segment, on: connection)
        let replacing = people.filter(\.action.isReplacing)
        try RunObjectRows.replace(replacing.map(\.key), of: identityProvider, in: segment, on: connection)
        announcement.add(try Removing.deletePast(replacing.map(\.key), from: identityProvider, on: connection))
        try insert(people.filter(\.action.isNew), as: rows, ids, announcing: &announcement, on: connection)
        let present = people.filter { !$0.action.isNew }
        // One group, but for people of whom only a part is written.
        let groups = Dictionary(grouping: present, by: \.attributes).values
        for group in groups.sorted(by: { $0[0].key.text < $1[0].key.text }) {
            announcement.add(try update(group, as: rows, ids, on: connection))
        }
    }

    private static func insert(
        _ changes: [UserChanges.Change],
        as rows: UserRows,
        _ ids: UserIDs,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        guard !changes.isEmpty else { return }
        var memberships = UserRows.memberships(reserving: changes.count)
        try connection.copy("copy users (\(UserRows.columns)) from stdin (format binary)", changes) {
            let id = ids[$1]
            rows.append($1, id, to: &$0)
            // Here, as the server takes in rows meanwhile.
            rows.appendMemberships(of: $1, to: &memberships)
            announcement.add($1.record, id: id, kind: .created)
        }
        try copy(memberships, on: connection)
    }

    private static func update(
        _ changes: [UserChanges.Change],
        as rows: UserRows,
        _ ids: UserIDs,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        guard !changes.isEmpty else { return [] }
        try connection.execute(
            """
            create temporary table if not exists staged_users
            (like users including defaults) on commit delete rows
            """
        )
        var memberships = UserRows.memberships(reserving: changes.count)
        try connection.copy("copy staged_users (\(UserRows.columns)) from stdin (format binary)", changes) {
            rows.append($1, ids[$1], isStaged: true, to: &$0)
            rows.appendMemberships(of: $1, to: &memberships)
        }
        try Images.keep(
            users: "u.directory_key = any(\(changes.map(\.key.text))::text[])",
            of: IdentityProviderID(rows.identityProvider),
            on: connection
        )
        let merged = try connection.run(merge(keeping: changes.first?.attributes))
        let replaced = changes.filter { $0.record.memberships != nil }.map(\.key.text)
        try connection.run(
            """
            delete from memberships
            where idp_id = \(rows.identityProvider) and directory_key = any(\(replaced)::text[])
            """
        )
        try copy(memberships, on: connection)
        try connection.run("delete from staged_users")
        return try announcements(of: merged, changes, of: IdentityProviderID(rows.identityProvider), on: connection)
    }

    /// What WeCom did not tell stays as it is; what it told, and be it empty, is taken.
    ///
    /// - Parameter kept: The extended fields that rules fill, which stay; nil where all do.
    private static func merge(keeping kept: [String]?) -> SQL {
        """
        insert into users as present (
            idp_id, directory_key, generation, id, tenant_id, external_id, open_user_id, username, display_name, email,
            mobile, telephone, title, alias, gender, employee_number, avatar, address, manager, department, locale, status,
            main_department, leaders, attributes, content_hash, likeness, created_at, updated_at
        )
        select idp_id, directory_key, generation, id, tenant_id, external_id, open_user_id, username, display_name, email,
            mobile, telephone, title, alias, gender, employee_number, avatar, address, manager, department, locale, status,
            main_department, leaders, attributes, content_hash, likeness, created_at, updated_at
        from staged_users order by directory_key
        on conflict (idp_id, directory_key) do update set
            external_id = excluded.external_id,
            open_user_id = coalesce(excluded.open_user_id, present.open_user_id),
            username = coalesce(excluded.username, present.username),
            display_name = coalesce(excluded.display_name, present.display_name),
            email = coalesce(excluded.email, present.email),
            mobile = coalesce(excluded.mobile, present.mobile),
            telephone = coalesce(excluded.telephone, present.telephone),
            title = coalesce(excluded.title, present.title),
            alias = coalesce(excluded.alias, present.alias),
            gender = coalesce(excluded.gender, present.gender),
            employee_number = coalesce(excluded.employee_number, present.employee_number),
            avatar = coalesce(excluded.avatar, present.avatar),
            address = coalesce(excluded.address, present.address),
            manager = coalesce(excluded.manager, present.manager),
            department = coalesce(excluded.department, present.department),
            locale = coalesce(excluded.locale, present.locale),
            status = case when excluded.status = 0 then present.status else excluded.status end,
            main_department = nullif(coalesce(excluded.main_department, present.main_department), 0),
            leaders = nullif(coalesce(excluded.leaders, present.leaders), '{}'),
            attributes = nullif(
                case when present.attributes is null or \(kept)::text[] is null
                    then coalesce(present.attributes, '{}')
                    else coalesce((
                        select jsonb_object_agg(there.key, there.value) from jsonb_each(present.attributes) as there
                        where there.key = any(\(kept)::text[])
                    ), '{}')
                end || coalesce(excluded.attributes, '{}'),
                '{}'
            ),
            content_hash = excluded.content_hash,
            likeness = (case when excluded.likeness & 65535 = 0 then present.likeness else excluded.likeness end
                    & 65535)
                | (case when excluded.likeness & (65535::bigint << 16) = 0 then present.likeness else excluded.likeness end
                    & (65535::bigint << 16))
                | (case when excluded.likeness & (65535::bigint << 32) = 0 then present.likeness else excluded.likeness end
                    & (65535::bigint << 32))
                | (case when excluded.likeness & (65535::bigint << 48) = 0 then present.likeness else excluded.likeness end
                    & (65535::bigint << 48)),
            updated_at = excluded.updated_at,
            removed_at = null,
            removed_because = null,
            removed_epoch = null,
            is_kept = false
        returning directory_key, id, username, display_name, email, status, mobile, telephone, address
        """
    }

    private static func announcements(
        of rows: [Row],
        _ changes: [UserChanges.Change],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        let byKey = Dictionary(changes.map { ($0.key.text, $0) }) { $1 }
        let kept = changes.filter { $0.record.memberships == nil }.map(\.key.text)
        let memberships = try memberships(of: kept, in: identityProvider, on: connection)
        return try rows.compactMap { row in
            let (key, id, username, displayName, email, status, mobile, telephone, address) = try row.decode(
                String.self,
                UUID.self,
                String?.self,
                String?.self,
                String?.self,
                Int.self,
                String?.self,
                String?.self,
                String?.self
            )
            guard let change = byKey[key], case .update(let kind) = change.action else { return nil }
            var merged = change.record
            merged.username = username
            merged.displayName = displayName
            merged.email = email
            (merged.mobile, merged.telephone, merged.address) = (mobile, telephone, address)
            merged.status = UserRecord.Status(rawValue: status)
            merged.memberships = merged.memberships ?? memberships[key] ?? []
            return DirectoryChanges.UserChange(merged, id: UserID(id), kind: kind)
        }
    }

    /// The departments that people stay in of whom WeCom did not tell them.
    private static func memberships(
        of keys: [String],
        in identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [String: [UserRecord.Membership]] {
        guard !keys.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            select directory_key, department_id from memberships
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[]) order by department_id
            """
        )
        var memberships: [String: [UserRecord.Membership]] = [:]
        for row in rows {
            let (key, department) = try row.decode(String.self, Int64.self)
            memberships[key, default: []].append(UserRecord.Membership(department: department))
        }
        return memberships
    }

    private static func copy(_ memberships: CopyRows, on connection: isolated Connection) throws {
        guard !memberships.isEmpty else { return }
        try connection.copy(
            "copy memberships (\(UserRows.membershipColumns)) from stdin (format binary)",
            memberships
        )
    }
}

extension DirectoryChanges.UserChange {
    /// A person as `record` says.
    init(_ record: UserRecord, id: UserID, kind: DirectoryChanges.Kind) {
        self.init(
            kind: kind,
            id: id,
            externalID: record.externalID,
            username: record.username,
            displayName: record.displayName,
            email: record.email,
            isEnabled: record.isEnabledWhenNew,
            // In the order of whole republications, so that those change nobody.
            departments: record.memberships?.map(\.department).sorted() ?? [],
            phoneNumber: record.phoneNumber,
            address: record.postalAddress
        )
    }
}
