import FoundationEssentials
import Messages
import Postgres

/// Takes in what WeCom said of those whom a run missed: a batch of answers, once (architecture.md §3.5).
///
/// It goes by what the answers say alone: whom they do not name is not touched.
struct FindingsWriting {
    let publishing: ChangePublishing
    let identityProvider: IdentityProviderID
    let source: SourceSegment
    let answers: SourceSegment.Answers

    /// Runs that did not learn whether a person is there, and how long that goes on, before somebody has to decide.
    private static let patience = (runs: 3, milliseconds: Int64(7 * 86_400_000))

    /// What has come of the answers by now.
    private struct Work {
        var counts: RunCounts
        var asked: AskedRun
        /// Those of whom nothing is left to be known.
        var settled: [MissingObject] = []
        /// Those that stay, as they are now.
        var staying: [MissingObject] = []
        /// People who are gone, by why and what that does.
        var leaving: [(object: MissingObject, reason: LossReason, policy: LossPolicy)] = []
        var leavingDepartments: [MissingObject] = []
        /// Those whose records are applied.
        var present: [MissingObject] = []
    }

    private var run: SourceSegment.RunHead { source.run }
    private var epoch: Epoch { source.standing.position.epoch }
    private var message: FindingsMapped { answers.message }

    /// - Parameter announcement: Is told what became of each.
    /// - Throws: ``PostgresError``.
    func write(
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws -> CompletionWriting.Result {
        var work = Work(counts: source.counts, asked: answers.state.asked)
        work.asked.answered.insert(message.batch)
        try judge(&work, on: connection)
        try apply(&work, announcing: &announcement, on: connection)
        try MissingRows.delete(work.settled, of: identityProvider, on: connection)
        try MissingRows.save(work.staying, of: identityProvider, in: epoch, on: connection)
        guard work.asked.isAnswered else {
            return CompletionWriting.Result(counts: work.counts, asked: work.asked)
        }
        return try end(work, on: connection)
    }

    // MARK: - Judging

    private func judge(_ work: inout Work, on connection: isolated Connection) throws {
        let judgement = FindingsJudgement(head: run, asked: work.asked, epoch: epoch)
        let doCount = judgement.counts(message)
        if !doCount { work.asked.isWordVoid = true }
        let objects = try objects(on: connection)
        let before = try departments(of: objects.values.filter { $0.kind == .user }.map(\.key), on: connection)
        let now = Dictionary(message.users.map { (key($0.externalID), $0.memberships?.map(\.department)) }) { $1 }
        for finding in message.findings {
            guard let object = objects[row(of: finding.object)] else { continue }
            let stored = before[object.key] ?? []
            let verdict =
                doCount
                ? judgement.verdict(finding, of: object, before: stored, now: now[object.key] ?? nil) : .unknown
            take(verdict, finding, object, &work)
        }
    }

    private func take(_ verdict: FindingVerdict, _ finding: Finding, _ object: MissingObject, _ work: inout Work) {
        var object = object
        object.code = finding.code
        switch verdict {
        case .present(let isListed):
            work.counts[object.kind].present += 1
            if !isListed { work.asked.notListed += 1 }
            work.present.append(object)
            work.settled.append(object)
        case .gone where work.asked.sampled.contains(object.kind):
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
            work.staying.append(object.held(object.hold ?? .overLimit, at: run.requestedAt))
            return
        }
        let now = MissingObject.Moment(epoch: epoch, time: run.requestedAt)
        if work.asked.isWhole {
            object.unknownRuns += 1
            object.unknownSince = object.unknownSince ?? now
        }
        let since = object.unknownSince?.time ?? run.requestedAt
        let age = run.requestedAt.millisecondsSince1970 - since.millisecondsSince1970
        if object.unknownRuns >= Self.patience.runs, age >= Self.patience.milliseconds {
            work.counts[object.kind].held += 1
            work.asked.held += 1
            work.staying.append(object.held(.unanswered, at: run.requestedAt))
        } else {
            work.counts[object.kind].unknown += 1
            object.state = .open
            work.staying.append(object)
        }
    }

    /// The rows of those who are answered for; one whom a rebuilt directory did not miss is answered for all the same.
    private func objects(on connection: isolated Connection) throws -> [DirectoryObject: MissingObject] {
        let rows = try MissingRows.load(of: identityProvider, on: connection)
        let known = Dictionary(rows.map { (DirectoryObject($0.kind, $0.key), $0) }) { $1 }
        let now = MissingObject.Moment(epoch: epoch, time: run.requestedAt)
        var objects: [DirectoryObject: MissingObject] = [:]
        for finding in message.findings {
            let name = row(of: finding.object)
            objects[name] =
                known[name]
                ?? MissingObject(
                    kind: name.kind,
                    key: name.externalID,
                    externalID: finding.object.externalID,
                    since: now
                )
        }
        return objects
    }

    private func key(_ userID: String) -> String { run.terms.userIDCase.key(of: userID).text }

    private func row(of object: DirectoryObject) -> DirectoryObject {
        object.kind == .user ? DirectoryObject(.user, key(object.externalID)) : object
    }

    private func departments(of keys: [String], on connection: isolated Connection) throws -> [String: [Int64]] {
        guard !keys.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            select directory_key, array_agg(department_id::text) from directory.memberships
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

    // MARK: - Applying

    private func apply(
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

    // MARK: - The end

    private func end(_ work: Work, on connection: isolated Connection) throws -> CompletionWriting.Result {
        var work = work
        var reasons = work.asked.reasons
        try decideAboutSample(&work, &reasons, on: connection)
        if work.asked.notListed > 0 {
            reasons.append(
                "WeCom's lists did not show \(work.asked.notListed) who are there: nobody was removed for that."
            )
        }
        if work.asked.isWordVoid {
            reasons.append("WeCom's answers cannot be relied on: they contradict its lists, or the range changed.")
        }
        let unknown = work.counts.users.unknown + work.counts.departments.unknown
        if unknown > 0 { reasons.append("WeCom did not say of \(unknown) whether they are there; the next run asks.") }
        let isPartial = !reasons.isEmpty
        if work.asked.held > 0 { reasons.append(RunEnd.heldReason(work.asked.held)) }
        let end = RunEnd(
            outcome: work.asked.held > 0 ? .held : isPartial ? .partial : .succeeded,
            reasons: reasons,
            cause: work.asked.isRefused ? .confirmationNeeded : nil,
            isBasis: work.asked.isBasis
        )
        return CompletionWriting.Result(counts: work.counts, end: end)
    }

    /// Of more than may lose access only some were asked for: they say whether somebody has to decide about all, or
    /// WeCom's lists were at fault.
    private func decideAboutSample(
        _ work: inout Work,
        _ reasons: inout [String],
        on connection: isolated Connection
    ) throws {
        guard !work.asked.sampled.isEmpty else { return }
        let waiting = try MissingRows.load(of: identityProvider, where: "state = 'waiting'", on: connection)
            .filter { work.asked.sampled.contains($0.kind) }
        let isAtFault = work.asked.notListed > 0 || work.asked.isWordVoid
        let decided = waiting.map { isAtFault ? $0.reopened() : $0.held(.overLimit, at: run.requestedAt) }
        try MissingRows.save(decided, of: identityProvider, in: epoch, on: connection)
        for object in decided {
            if isAtFault { work.counts[object.kind].unknown += 1 } else { work.counts[object.kind].held += 1 }
        }
        if !isAtFault { work.asked.held += decided.count }
    }
}

extension RunEnd {
    /// Why a run is `held`.
    static func heldReason(_ count: Int) -> String {
        "\(count) lose access only once an administrator agrees: more than the limits allow, or doubtful."
    }
}
