import Messages
import Postgres

/// Who and what the directory has, and a run did not show.
extension CompletionWriting {
    func missed(on connection: isolated Connection) throws -> (missed: [Missed], witnesses: [String]) {
        guard run.kind != .apply else { return ([], []) }
        var missed: [Missed] = []
        if completion.judgesDepartments {
            missed += completion.index.missingDepartments.map { id in
                Missed(kind: .department, key: String(id), externalID: String(id))
            }
        }
        let shown = try missedPeople(on: connection)
        var people = shown.missed
        let renamed = try renamed(people, on: connection)
        for index in people.indices {
            people[index].renamedTo = people[index].renamedTo ?? renamed[people[index].key]
        }
        missed += people
        let names = missed.map { DirectoryObject($0.kind, $0.key) }
        let known = try MissingRows.load(names, of: identityProvider, on: connection)
        let rows = Dictionary(known.map { (DirectoryObject($0.kind, $0.key), $0) }) { $1 }
        for (index, name) in names.enumerated() { missed[index].known = rows[name] }
        return (missed, shown.witnesses)
    }

    private func missedPeople(on connection: isolated Connection) throws -> (missed: [Missed], witnesses: [String]) {
        switch completion.people {
        case .none: return ([], [])
        case .all:
            guard completion.index.hasMissingUsers else { return ([], []) }
            return try people(where: "true", on: connection)
        case .ofTargets: return try missedTargets(on: connection)
        }
    }

    /// Who was in a department that the run read, and whom WeCom did not show when asked for them alone.
    private func missedTargets(on connection: isolated Connection) throws -> (missed: [Missed], witnesses: [String]) {
        let toldRenamed = toldRenamed
        let told = Set((run.target?.toldDeleted ?? []).map { run.terms.userIDCase.key(of: $0).text })
        var answers: [String: Finding.Answer] = [:]
        for finding in completion.manifest.findings where finding.object.kind == .user && finding.answer != .present {
            answers[run.terms.userIDCase.key(of: finding.object.externalID).text] = finding.answer
        }
        let departments = completion.readDepartments.sorted()
        var (missed, witnesses) = try people(
            where: """
                (directory_key = any(\(answers.keys.sorted())::text[]) or directory_key in (
                    select m.directory_key from memberships m
                    where m.idp_id = \(identityProvider.uuid) and m.department_id = any(\(departments)::bigint[])
                ))
                """,
            on: connection
        )
        for index in missed.indices {
            let person = missed[index]
            missed[index].renamedTo = toldRenamed[person.key]
            missed[index].isToldDeleted =
                answers[person.key] == .absent && (told.contains(person.key) || toldRenamed[person.key] != nil)
            missed[index].isUntold =
                !missed[index].isToldDeleted && completion.readDepartments.isDisjoint(with: person.departments)
        }
        if witnesses.isEmpty {
            let present = completion.manifest.findings.filter { $0.object.kind == .user && $0.answer == .present }
            witnesses = present.prefix(Self.witnesses).map(\.object.externalID)
        }
        return (missed, witnesses)
    }

    /// Those of the directory whom the run has not seen, with their departments, and some whom it has.
    private func people(
        where condition: SQL,
        on connection: isolated Connection
    ) throws -> (missed: [Missed], witnesses: [String]) {
        var missed: [(key: String, externalID: String)] = []
        var draw = WitnessDraw(of: epoch)
        let index = completion.index
        try connection.forEachRow(
            """
            select directory_key, external_id, status in (1, 4) from users
            where idp_id = \(identityProvider.uuid) and removed_at is null
                and generation = \(run.terms.generation.rawValue) and \(condition)
            """
        ) { row in
            let key = try row.bytes(0)
            let digest = ContentDigest(of: key)
            guard index.sees(user: digest) else {
                missed.append((String(decoding: key, as: UTF8.self), String(decoding: try row.bytes(1), as: UTF8.self)))
                return
            }
            if draw.takes(digest), try row.bool(2) {
                draw.take(digest, String(decoding: try row.bytes(1), as: UTF8.self))
            }
        }
        let departments = try departments(of: missed.map(\.key), on: connection)
        let people = missed.sorted { $0.key < $1.key }.map { one in
            Missed(kind: .user, key: one.key, externalID: one.externalID, departments: departments[one.key] ?? [])
        }
        return (people, draw.names)
    }

    private func departments(of keys: [String], on connection: isolated Connection) throws -> [String: [Int64]] {
        guard !keys.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            select directory_key, department_id from memberships
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[]) order by 1, 2
            """
        )
        var departments: [String: [Int64]] = [:]
        for row in rows {
            let (key, department) = try row.decode(String.self, Int64.self)
            departments[key, default: []].append(department)
        }
        return departments
    }
}
