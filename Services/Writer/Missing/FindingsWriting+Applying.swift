import Messages
import Postgres

/// How what the answers come to gets into the directory.
extension FindingsWriting {
    func apply(
        _ work: inout Work,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        try applyRecords(of: work, announcing: &announcement, on: connection)
        let time = source.time
        for (reason, people) in Dictionary(grouping: work.leaving, by: \.reason) {
            guard let policy = people.first?.policy else { continue }
            let keys = people.map(\.object.key)
            announcement.add(
                try Removing.removeUsers(
                    keys,
                    because: reason,
                    policy,
                    from: identityProvider,
                    at: time,
                    on: connection
                )
            )
            try Losses.note(.user, keys, of: identityProvider, at: run.requestedAt, on: connection)
        }
        let ids = work.leavingDepartments.compactMap(\.object.departmentID)
        announcement.add(try Removing.removeDepartments(ids, from: identityProvider, at: time, on: connection))
        try Losses.note(.department, ids.map(String.init), of: identityProvider, at: run.requestedAt, on: connection)
        if !ids.isEmpty { try PageWriting.tidy(identityProvider, on: connection) }
    }

    /// Writes what WeCom told of those it showed, as if a page had brought it.
    private func applyRecords(
        of work: Work,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        let names = Set(work.present.map { DirectoryObject($0.kind, $0.key) })
        let users = message.users.filter { names.contains(DirectoryObject(.user, key($0.externalID))) }
        let departments = message.departments.filter { names.contains(.department($0.externalID)) }
        guard !users.isEmpty || !departments.isEmpty else { return }
        let selection = IndexSelection.only(
            users: users.map { key($0.externalID) },
            departments: departments.map(\.externalID)
        )
        var run = ActiveRun(
            id: run.id,
            kind: run.kind,
            isDryRun: false,
            terms: run.terms,
            requestedAt: run.requestedAt,
            startOffset: 0,
            fence: source.standing.position.fence,
            index: try SourceIndex.load(identityProvider, selection, run.terms.generation, on: connection)
        )
        var changes = UserChanges()
        for record in users {
            let key = run.terms.userIDCase.key(of: record.externalID)
            var record = record
            var action = run.judge(record, key: key.digest)
            if action == .keepAccess { (record.status, action) = (nil, .update(.updated)) }
            if action != .nothing { changes.add(record, action, key: key, digest: key.digest) }
        }
        announcement.add(
            try DepartmentWriting.write(
                departments.map { .init(record: $0, action: run.judge($0)) }.filter { $0.action != .nothing },
                of: identityProvider,
                in: source,
                on: connection
            )
        )
        try UserWriting.write(changes.list, of: identityProvider, in: source, announcing: &announcement, on: connection)
    }
}
