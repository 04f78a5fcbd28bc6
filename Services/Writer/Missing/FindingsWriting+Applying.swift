import Messages
import Postgres

/// How what the answers come to gets into the directory.
extension FindingsWriting {
    func apply(
        _ work: inout Work,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        try renaming.recount(work.renamed, in: &work.counts.users, of: epoch, on: connection)
        try RunObjectRows.rename(work.renamed, of: identityProvider, in: source, on: connection)
        announcement.add(try renaming.apply(work.renamed, on: connection))
        try followRenamed(&work, on: connection)
        try applyRecords(of: &work, announcing: &announcement, on: connection)
        let time = source.time
        for (reason, people) in Dictionary(grouping: work.leaving, by: \.reason) {
            guard let policy = people.first?.policy else { continue }
            let keys = people.map(\.object.key)
            announcement.add(
                removed: try Removing.removeUsers(
                    keys,
                    because: reason,
                    policy,
                    from: identityProvider,
                    at: time,
                    by: epoch,
                    on: connection
                ),
                because: reason
            )
            try Losses.note(.user, keys, of: identityProvider, at: run.requestedAt, on: connection)
        }
        let ids = work.leavingDepartments.compactMap(\.object.departmentID)
        announcement.add(
            try Removing.removeDepartments(ids, from: identityProvider, at: time, by: epoch, on: connection)
        )
        try Losses.note(.department, ids.map(String.init), of: identityProvider, at: run.requestedAt, on: connection)
        if !ids.isEmpty { try PageWriting.tidy(identityProvider, on: connection) }
    }

    /// Writes what WeCom told of those it showed, as if a page had brought it.
    private func applyRecords(
        of work: inout Work,
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
        let known = try SourceIndex.load(identityProvider, selection, run.terms, at: run.requestedAt, on: connection)
        // Of a sample nobody knows whether more may lose access.
        let isLimited = work.asked.sampled.contains(.user)
        var run = ActiveRun(
            id: run.id,
            kind: run.kind,
            isDryRun: false,
            terms: run.terms,
            requestedAt: run.requestedAt,
            startOffset: 0,
            fence: source.standing.position.fence,
            allowance: isLimited ? Allowance(users: 0, departments: 0) : .unlimited,
            // Without the copies of lists: this is WeCom's word about the person.
            index: SourceIndex(users: known.users, departments: known.departments, mapping: known.mapping)
        )
        run.govern(by: message.fields)
        run.reuseDecisions = reuseDecisions(about: users, work)
        var changes: UserChanges? = UserChanges()
        for record in users {
            let key = run.terms.userIDCase.key(of: record.externalID)
            _ = run.take(run.judge(record, key: key.digest), record, key, key.digest, into: &changes)
        }
        let people = changes?.list ?? []
        hold(run.withheld, &work)
        announcement.add(
            try DepartmentWriting.write(
                departments.map { .init(record: $0, action: run.judge($0)) }.filter { $0.action != .nothing },
                of: identityProvider,
                in: source,
                on: connection
            )
        )
        try UserWriting.write(people, of: identityProvider, in: source, announcing: &announcement, on: connection)
        try Losses.note(people, of: identityProvider, at: run.requestedAt, on: connection)
    }

    /// What was decided about whoever has the user ids now; nothing about those who were not seen then.
    private func reuseDecisions(about users: [UserRecord], _ work: Work) -> [ContentDigest: ReuseDecision] {
        guard let decision = run.selection?.reused else { return [:] }
        let objects = Dictionary(work.present.map { ($0.key, $0) }) { $1 }
        let decided = users.filter { objects[key($0.externalID)]?.isReused(by: Likeness($0)) ?? false }
        return Dictionary(decided.map { (ContentDigest(of: key($0.externalID)), decision) }) { $1 }
    }

    /// Those who are missing and had the user ids that changed have the new ones.
    private func followRenamed(_ work: inout Work, on connection: isolated Connection) throws {
        guard !work.renamed.isEmpty else { return }
        let names = Dictionary(work.renamed.map { ($0.from.text, $0.externalID) }) { $1 }
        func following(_ object: MissingObject) -> MissingObject? {
            guard let name = object.renamedTo.flatMap({ names[key($0)] }) else { return nil }
            var object = object
            object.renamedTo = name
            return object
        }
        let rows = try MissingRows.load(
            of: identityProvider,
            where: "entry ->> 'renamedTo' is not null",
            on: connection
        )
        try MissingRows.save(rows.compactMap(following), of: identityProvider, in: epoch, on: connection)
        work.staying = work.staying.map { following($0) ?? $0 }
    }

    /// Whoever WeCom shows and may be another human waits for somebody's decision.
    private func hold(_ withheld: [DirectoryKey: Withheld], _ work: inout Work) {
        for (key, one) in withheld.sorted(by: { $0.key.text < $1.key.text }) {
            guard let likeness = one.reusedBy else { continue }
            let object = MissingObject(kind: .user, key: key.text, externalID: one.externalID, since: moment)
            work.staying.append(object.held(asReusedBy: likeness, by: moment))
            work.asked.held += 1
        }
    }
}
