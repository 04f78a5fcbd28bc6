import Messages
import Postgres

/// What the answers of a batch come to, one by one.
extension FindingsWriting {
    /// Runs that did not learn whether a person is there, and how long that goes on, before somebody has to decide.
    private static let patience = (runs: 3, milliseconds: Int64(7 * 86_400_000))

    func judge(_ work: inout Work, on connection: isolated Connection) throws {
        let judgement = FindingsJudgement(head: run, asked: work.asked, epoch: epoch)
        var objects = try objects(&work.counts, on: connection)
        let before = try departments(of: objects.values.filter { $0.kind == .user }.map(\.key), on: connection)
        let renamings = try renamings(of: objects.values, on: connection)
        let undecided = try undecidedRenamings(of: objects.values, on: connection)
        let now = Dictionary(message.users.map { (key($0.externalID), $0.memberships?.map(\.department)) }) { $1 }
        let filtered = Set((message.filtered ?? []).map(key))
        for finding in message.findings {
            guard let object = objects.removeValue(forKey: finding.object) else { continue }
            let worth = judgement.worth(of: message, about: object.kind)
            if worth == .void { work.asked.voidWords.insert(object.kind) }
            let verdict = judgement.verdict(
                finding,
                worth,
                of: object,
                before: before[object.key] ?? [],
                now: now[object.key] ?? nil,
                isFiltered: object.kind == .user && filtered.contains(object.key)
            )
            uncount(object, &work)
            if let pair = renamings[object.key], finding.answer != .present, isRenamed(object, verdict, worth, work) {
                work.counts.users.present += 1
                work.renamed.append(pair)
                work.settled.append(object)
            } else if case .gone = verdict, undecided.contains(object.key) {
                takeUnknown(object, &work)
            } else {
                take(verdict, finding, object, &work)
            }
        }
    }

    /// People who may have other user ids now, by the old keys: no two under the same, and whoever had theirs first.
    private func renamings(
        of objects: some Collection<MissingObject>,
        on connection: isolated Connection
    ) throws -> [String: Renaming.Pair] {
        let pairs = objects.compactMap { object in
            object.renamedTo.map {
                Renaming.Pair(
                    from: DirectoryKey(stored: object.key),
                    to: run.terms.userIDCase.key(of: $0),
                    externalID: $0
                )
            }
        }
        let possible = try renaming.possible(pairs, on: connection)
        let byNew = Dictionary(possible.map { ($0.to, $0) }) { first, _ in first }
        return Dictionary(byNew.values.map { ($0.from.text, $0) }) { first, _ in first }
    }

    /// The old keys of people who may have user ids now of which somebody has to decide first whose they are.
    private func undecidedRenamings(
        of objects: some Collection<MissingObject>,
        on connection: isolated Connection
    ) throws -> Set<String> {
        let keys = objects.compactMap { object in object.renamedTo.map { (old: object.key, new: key($0)) } }
        guard !keys.isEmpty else { return [] }
        let rows = try MissingRows.load(
            of: identityProvider,
            where: "kind = 'user' and state = 'held' and object = any(\(keys.map(\.new))::text[])",
            on: connection
        )
        let held = Set(rows.filter(\.isReused).map(\.key))
        return Set(keys.filter { held.contains($0.new) }.map(\.old))
    }

    /// Whether WeCom does not show the old user id any more; for one of another kind than the corp's, which cannot be
    /// asked for, somebody's agreement does.
    private func isRenamed(
        _ object: MissingObject,
        _ verdict: FindingVerdict,
        _ worth: FindingsJudgement.Worth,
        _ work: Work
    ) -> Bool {
        switch verdict {
        case .gone: true
        case .unknown: worth == .counts && work.asked.isApproval && object.hold == .idsChanged
        case .present, .unconfirmed: false
        }
    }

    /// One whom this directory would not have asked for is answered for all the same, and counts as what that comes to.
    private func uncount(_ object: MissingObject, _ work: inout Work) {
        guard object.state != .asked else { return }
        // Who is withheld is not missing, and other runs do not look at all who are.
        guard run.kind.readsEverything, object.reason != .disabledInWeCom, !object.isReused else {
            return work.counts[object.kind].miss(1)
        }
        if object.state == .held { work.asked.held -= 1 }
        if object.state == .held || object.state == .kept {
            work.counts[object.kind].held -= 1
        } else if object.state == .open {
            work.counts[object.kind].unknown -= 1
        }
    }

    private func take(_ verdict: FindingVerdict, _ finding: Finding, _ object: MissingObject, _ work: inout Work) {
        var object = object
        object.code = finding.code
        switch verdict {
        case .present(let isListed):
            work.counts[object.kind].present += 1
            if !isListed { work.asked.notListed[object.kind] += 1 }
            work.present.append(object)
            work.settled.append(object)
        case .gone where work.asked.sampled.contains(object.kind):
            work.asked.goneOfSample[object.kind] += 1
            object.state = .waiting
            work.staying.append(object)
        case .gone(let reason, .keep):
            object.reason = reason
            work.counts[object.kind].held += 1
            work.staying.append(object.kept(.policy, in: work.asked.surroundings))
        case .gone(let reason, let policy):
            work.counts[object.kind].removed += 1
            work.settled.append(object)
            if object.kind == .department {
                work.leavingDepartments.append(object)
            } else {
                work.leaving.append((object, reason, policy))
                if finding.answer == .present { work.present.append(object) }
            }
        case .unknown, .unconfirmed:
            if verdict == .unconfirmed { work.asked.isRefused = true }
            takeUnknown(object, &work)
        }
    }

    private func takeUnknown(_ object: MissingObject, _ work: inout Work) {
        var object = object
        if work.asked.sampled.contains(object.kind) {
            object.state = .waiting
            work.staying.append(object)
            return
        }
        if work.asked.isApproval {
            // What was to be decided still is.
            work.counts[object.kind].held += 1
            work.asked.held += 1
            work.staying.append(object.held(object.hold ?? .overLimit, by: moment))
            return
        }
        work.staying.append(unlearnt(object, &work))
    }

    /// Counts somebody of whom nothing was learnt.
    ///
    /// - Returns: How they stand then: after some runs somebody has to decide.
    func unlearnt(_ object: MissingObject, _ work: inout Work) -> MissingObject {
        var object = object
        if work.asked.isWhole {
            object.unknownRuns += 1
            object.unknownSince = object.unknownSince ?? moment
        }
        let since = object.unknownSince?.time ?? run.requestedAt
        let age = run.requestedAt.millisecondsSince1970 - since.millisecondsSince1970
        if object.unknownRuns >= Self.patience.runs, age >= Self.patience.milliseconds {
            work.counts[object.kind].held += 1
            work.asked.held += 1
            return object.held(.unanswered, by: moment)
        }
        work.counts[object.kind].unknown += 1
        return object.reopened()
    }

    /// Those who are answered for, by the names that were asked for; one whom a rebuilt directory did not miss is
    /// answered for all the same, and one whom it does not have is not.
    private func objects(
        _ counts: inout RunCounts,
        on connection: isolated Connection
    ) throws -> [DirectoryObject: MissingObject] {
        let answered = Set(message.findings.map(\.object))
        let rows = try MissingRows.load(answered.map(row(of:)), of: identityProvider, on: connection)
        var objects = Dictionary(rows.map { ($0.object, $0) }) { $1 }.filter { answered.contains($0.key) }
        let others = answered.subtracting(objects.keys).sorted()
        let present = try present(others, on: connection)
        for object in others where present.contains(row(of: object)) {
            var unmissed = MissingObject(
                kind: object.kind,
                key: row(of: object).externalID,
                externalID: object.externalID,
                since: moment
            )
            unmissed.state = .asked
            objects[object] = unmissed
            counts[object.kind].miss(1)
        }
        return objects
    }

    /// Which of them the directory has, by the names of their rows.
    private func present(
        _ objects: [DirectoryObject],
        on connection: isolated Connection
    ) throws -> Set<DirectoryObject> {
        guard !objects.isEmpty else { return [] }
        let keys = objects.filter { $0.kind == .user }.map { key($0.externalID) }
        let rows = try connection.run(
            """
            select 'user', directory_key from users
            where idp_id = \(identityProvider.uuid) and removed_at is null and directory_key = any(\(keys)::text[])
                and generation = \(run.terms.generation.rawValue)
            union all
            select 'department', external_id::text from departments
            where idp_id = \(identityProvider.uuid) and removed_at is null
                and external_id = any(\(objects.compactMap(\.departmentID))::bigint[])
            """
        )
        return Set(
            try rows.map { row in
                let (kind, key) = try row.decode(String.self, String.self)
                return DirectoryObject(kind == "user" ? .user : .department, key)
            }
        )
    }

    func key(_ userID: String) -> String { run.terms.userIDCase.key(of: userID).text }

    private func row(of object: DirectoryObject) -> DirectoryObject {
        object.kind == .user ? DirectoryObject(.user, key(object.externalID)) : object
    }

    private func departments(of keys: [String], on connection: isolated Connection) throws -> [String: [Int64]] {
        guard !keys.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            select directory_key, array_agg(department_id::text) from memberships
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[]) group by directory_key
            """
        )
        return Dictionary(
            try rows.map { row in
                let (key, departments) = try row.decode(String.self, [String].self)
                return (key, departments.compactMap { Int64($0) })
            }
        ) { $1 }
    }
}
