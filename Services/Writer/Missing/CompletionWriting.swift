import Kafka
import Messages
import Outbox
import Pipeline
import Postgres

/// Finds out whom a run missed whose reading is over, and whether WeCom is asked for them (architecture.md §3.5).
struct CompletionWriting {
    let publishing: ChangePublishing
    let identityProvider: IdentityProviderID
    let source: SourceSegment
    let completion: RunCompletion
    let envelope: Envelope

    /// People whom the run's lists showed, asked for together with those they did not show.
    private static let witnesses = 2

    /// What a run comes to.
    struct Result {
        var counts: RunCounts
        /// What it waits for; `nil` if it is over.
        var asked: AskedRun?
        var end: RunEnd?
    }

    private var run: SourceSegment.RunHead { source.run }
    private var epoch: Epoch { source.standing.position.epoch }

    /// - Throws: ``PostgresError``.
    func write(on connection: isolated Connection) throws -> Result {
        var result = Result(counts: source.counts)
        if run.kind == .reject { return try reject(on: connection) }
        guard !completion.hasLosses else { return over(result, partial: true) }
        let (missed, witnesses) = try missed(on: connection)
        count(missed, in: &result.counts)
        if run.isDryRun { return dryRun(missed, result) }
        let before = try noteSurroundings(on: connection)
        try forgetSeen(on: connection)
        let withheld = try hold(on: connection)
        let judgement = run.kind == .apply ? try approved(on: connection) : judge(missed, before)
        try MissingRows.save(judgement.objects, of: identityProvider, in: epoch, on: connection)
        return try conclude(judgement, withheld, witnesses, &result, on: connection)
    }

    private func conclude(
        _ judgement: MissingJudgement,
        _ withheld: Int,
        _ witnesses: [String],
        _ result: inout Result,
        on connection: isolated Connection
    ) throws -> Result {
        for kind in DirectoryObject.Kind.allCases {
            result.counts[kind].held += judgement.staying(kind)
            result.counts[kind].unknown += judgement.unasked[kind] ?? 0
        }
        let held = withheld + judgement.objects.count { $0.state == .held }
        let asked = judgement.asked
        guard !asked.isEmpty else { return over(result, partial: !completion.reasons.isEmpty, held: held) }
        let batches = batches(of: asked)
        try ask(batches, witnesses, on: connection)
        result.asked = AskedRun(
            batches: batches.count,
            surroundings: completion.surroundings,
            isRangeWhole: completion.manifest.isRangeWhole,
            readDepartments: completion.readDepartments,
            sampled: judgement.sampled,
            isApproval: run.kind == .apply,
            isWhole: completion.reasons.isEmpty,
            isBasis: completion.isBasis,
            reasons: completion.reasons,
            held: held
        )
        return result
    }

    private func over(_ result: Result, partial: Bool, held: Int = 0) -> Result {
        var result = result
        var reasons = completion.reasons
        if held > 0 { reasons.append(RunEnd.heldReason(held)) }
        result.end = RunEnd(
            outcome: held > 0 ? .held : partial ? .partial : .succeeded,
            reasons: reasons,
            isBasis: completion.isBasis
        )
        return result
    }

    /// Says what would be asked, and leaves nothing behind.
    private func dryRun(_ missed: [Missed], _ result: Result) -> Result {
        var result = over(result, partial: !completion.reasons.isEmpty)
        for kind in DirectoryObject.Kind.allCases {
            result.counts[kind].unknown += missed.count { $0.kind == kind }
        }
        if !missed.isEmpty { result.end?.reasons.append("WeCom would be asked for \(missed.count) that are missing.") }
        return result
    }

    private func count(_ missed: [Missed], in counts: inout RunCounts) {
        for kind in DirectoryObject.Kind.allCases { counts[kind].missing = missed.count { $0.kind == kind } }
        var (users, departments) = (0, completion.index.departments.values.count(where: \.isSeenOfKnown))
        completion.index.users.forEach { if $1.isSeenOfKnown { users += 1 } }
        counts.users.known = users + counts.users.missing
        counts.departments.known = departments + counts.departments.missing
    }

    private func judge(_ missed: [Missed], _ before: Surroundings?) -> MissingJudgement {
        MissingJudgement(
            missed,
            by: ReadingFacts(
                epoch: epoch,
                requestedAt: run.requestedAt,
                terms: run.terms,
                surroundings: completion.surroundings,
                before: before,
                readDepartments: completion.readDepartments,
                unreadDepartments: completion.unreadDepartments,
                haveIDsChanged: completion.haveIDsChanged || isAnotherKindOfID(missed),
                allowance: completion.allowance,
                protected: Set(run.terms.safetyLimits.protectedUsers.map { run.terms.userIDCase.key(of: $0).text })
            )
        )
    }

    /// Fewer than half of those known were seen, and about as many came as are missing: WeCom may call the same people
    /// otherwise.
    private func isAnotherKindOfID(_ missed: [Missed]) -> Bool {
        guard completion.people == .all else { return false }
        let missing = missed.count { $0.kind == .user }
        var seen = 0
        completion.index.users.forEach { if $1.isSeenOfKnown { seen += 1 } }
        return missing > seen && source.counts.users.created * 10 >= missing * 8
    }

    // MARK: - What is kept

    /// Remembers in which surroundings everybody was seen who was.
    ///
    /// - Returns: Those of the last full run before.
    private func noteSurroundings(on connection: isolated Connection) throws -> Surroundings? {
        let now = completion.people == .all ? try jsonText(completion.surroundings) : nil
        let rows = try connection.run(
            """
            update directory.sources s set surroundings = coalesce(\(now)::jsonb, s.surroundings)
            from directory.sources old where s.idp_id = \(identityProvider.uuid) and old.idp_id = s.idp_id
            returning old.surroundings ->> 'range', old.surroundings ->> 'scope'
            """
        )
        let (range, scope) = try rows[0].decode(String?.self, String?.self)
        guard let range = range.flatMap(ContentDigest.init), let scope = scope.flatMap(ContentDigest.init) else {
            return nil
        }
        return Surroundings(range: range, scope: scope)
    }

    /// Forgets what was missing before and was seen now, but for who is still withheld.
    private func forgetSeen(on connection: isolated Connection) throws {
        let seen = try MissingRows.load(of: identityProvider, on: connection).filter { object in
            switch object.kind {
            case .department: object.object.departmentID.map { completion.index.sees(department: $0) } ?? true
            case .user: completion.index.sees(user: ContentDigest(of: object.key))
            }
        }
        let withheld = Set(completion.withheld.keys.map(\.text))
        let gone = seen.filter { $0.kind != .user || !withheld.contains($0.key) }
        try MissingRows.delete(gone, of: identityProvider, on: connection)
    }

    /// Has somebody decide about those who are disabled in WeCom beyond what may be.
    ///
    /// - Returns: How many that concerns.
    private func hold(on connection: isolated Connection) throws -> Int {
        guard !completion.withheld.isEmpty else { return 0 }
        let rows = try MissingRows.load(of: identityProvider, where: "kind = 'user'", on: connection)
        let known = Dictionary(rows.map { ($0.key, $0) }) { $1 }
        let now = MissingObject.Moment(epoch: epoch, time: run.requestedAt)
        let objects = completion.withheld.map { key, externalID in
            let object =
                known[key.text] ?? MissingObject(kind: .user, key: key.text, externalID: externalID, since: now)
            let isKept = object.state == .kept && object.keptIn == completion.surroundings
            var held = isKept ? object : object.held(.disabledInWeCom, at: run.requestedAt)
            held.reason = .disabledInWeCom
            return held
        }
        try MissingRows.save(objects.sorted { $0.key < $1.key }, of: identityProvider, in: epoch, on: connection)
        return objects.count { $0.state == .held }
    }

    // MARK: - Decisions

    private func chosen(on connection: isolated Connection) throws -> [MissingObject] {
        guard let selection = run.selection else { return [] }
        let objects = try MissingRows.load(
            of: identityProvider,
            where: "state = 'held' and epoch <= \(max(selection.upTo, epoch).rawValue)",
            on: connection
        )
        let choice = selection.objects.map { objects in Set(objects.map { $0.key(by: run.terms.userIDCase) }) }
        return objects.filter { object in
            object.since.epoch <= selection.upTo
                && choice?.contains(DirectoryObject(object.kind, object.key)) ?? true
        }
    }

    /// Asks once more for all that was approved.
    private func approved(on connection: isolated Connection) throws -> MissingJudgement {
        MissingJudgement(approved: try chosen(on: connection))
    }

    private func reject(on connection: isolated Connection) throws -> Result {
        let kept = try chosen(on: connection).map { $0.kept(.rejected, in: completion.surroundings) }
        try MissingRows.save(kept, of: identityProvider, in: epoch, on: connection)
        var result = Result(counts: source.counts)
        for object in kept { result.counts[object.kind].held += 1 }
        return over(result, partial: !completion.reasons.isEmpty)
    }

    // MARK: - Asking

    private func batches(of objects: [MissingObject]) -> [[DirectoryObject]] {
        stride(from: 0, to: objects.count, by: AskFor.batchSize).map { start in
            objects[start..<min(start + AskFor.batchSize, objects.count)].map(\.object)
        }
    }

    private func ask(
        _ batches: [[DirectoryObject]],
        _ witnesses: [String],
        on connection: isolated Connection
    ) throws {
        let witnesses = run.kind == .full ? witnesses : try self.witnesses(on: connection)
        let records = try batches.enumerated().map { index, objects in
            let message = AskFor(
                batch: index + 1,
                batches: batches.count,
                terms: run.terms,
                objects: objects,
                witnesses: witnesses,
                askedAt: source.time
            )
            return try publishing.record(message, from: envelope, to: TopicCatalogue.commands)
        }
        try publishing.outbox.append(records, on: connection)
    }

    /// People of whom nothing is doubtful, where the run read no lists that could show some.
    private func witnesses(on connection: isolated Connection) throws -> [String] {
        try connection.run(
            """
            select u.external_id from directory.users u
            where u.idp_id = \(identityProvider.uuid) and u.removed_at is null and u.status in (1, 4)
                and u.generation = \(run.terms.generation.rawValue) and not exists (
                    select from directory.missing m
                    where m.idp_id = u.idp_id and m.kind = 'user' and m.object = u.directory_key
                )
            order by u.updated_at desc, u.directory_key limit \(Self.witnesses)
            """
        ).map { try $0.decode(String.self) }
    }

    // MARK: - Who is missing

    private func missed(on connection: isolated Connection) throws -> (missed: [Missed], witnesses: [String]) {
        guard run.kind != .apply else { return ([], []) }
        let known = try MissingRows.load(of: identityProvider, on: connection)
        let rows = Dictionary(known.map { (DirectoryObject($0.kind, $0.key), $0) }) { $1 }
        var missed: [Missed] = []
        if completion.judgesDepartments {
            missed += completion.index.missingDepartments.map { id in
                let key = String(id)
                return Missed(kind: .department, key: key, externalID: key, known: rows[.department(id)])
            }
        }
        var (people, witnesses) = try missedPeople(on: connection)
        for index in people.indices { people[index].known = rows[DirectoryObject(.user, people[index].key)] }
        missed += people
        if completion.people != .all { witnesses = [] }
        return (missed, witnesses)
    }

    private func missedPeople(on connection: isolated Connection) throws -> (missed: [Missed], witnesses: [String]) {
        switch completion.people {
        case .none: return ([], [])
        case .all:
            guard completion.index.hasMissingUsers else { return ([], []) }
            return try people(where: "true", on: connection)
        case .ofTargets:
            let told = Set((run.target?.toldDeleted ?? []).map { run.terms.userIDCase.key(of: $0).text })
            let absent = completion.manifest.findings.filter { $0.object.kind == .user && $0.answer == .absent }
                .map { run.terms.userIDCase.key(of: $0.object.externalID).text }.filter(told.contains)
            let departments = Array(completion.readDepartments)
            var (missed, _) = try people(
                where: """
                    (directory_key = any(\(absent)::text[]) or directory_key in (
                        select m.directory_key from directory.memberships m
                        where m.idp_id = \(identityProvider.uuid) and m.department_id = any(\(departments)::bigint[])
                    ))
                    """,
                on: connection
            )
            for index in missed.indices { missed[index].isToldDeleted = absent.contains(missed[index].key) }
            return (missed, [])
        }
    }

    /// Those of the directory whom the run has not seen, with their departments, and some whom it has.
    private func people(
        where condition: SQL,
        on connection: isolated Connection
    ) throws -> (missed: [Missed], witnesses: [String]) {
        var (missed, witnesses): ([(key: String, externalID: String)], [String]) = ([], [])
        let index = completion.index
        try connection.forEachRow(
            """
            select directory_key, external_id, status in (1, 4) from directory.users
            where idp_id = \(identityProvider.uuid) and removed_at is null
                and generation = \(run.terms.generation.rawValue) and \(condition)
            """
        ) { row in
            let key = try row.bytes(0)
            guard index.sees(user: ContentDigest(of: key)) else {
                missed.append((String(decoding: key, as: UTF8.self), String(decoding: try row.bytes(1), as: UTF8.self)))
                return
            }
            if witnesses.count < Self.witnesses, try row.bool(2) {
                witnesses.append(String(decoding: try row.bytes(1), as: UTF8.self))
            }
        }
        let departments = try departments(of: missed.map(\.key), on: connection)
        let people = missed.sorted { $0.key < $1.key }.map { one in
            Missed(kind: .user, key: one.key, externalID: one.externalID, departments: departments[one.key] ?? [])
        }
        return (people, witnesses)
    }

    private func departments(of keys: [String], on connection: isolated Connection) throws -> [String: [Int64]] {
        guard !keys.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            select directory_key, department_id from directory.memberships
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

extension RunCounts {
    /// Those of one kind of object.
    subscript(kind: DirectoryObject.Kind) -> Objects {
        get { kind == .user ? users : departments }
        set { if kind == .user { users = newValue } else { departments = newValue } }
    }
}

extension DirectoryObject {
    /// The same by the key of its row.
    fileprivate func key(by userIDCase: UserIDCase) -> DirectoryObject {
        kind == .user ? DirectoryObject(.user, userIDCase.key(of: externalID).text) : self
    }
}
