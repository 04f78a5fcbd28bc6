import Kafka
import Messages
import Postgres

/// Finds out whom a run missed whose reading is over, and whether WeCom is asked for them (architecture.md §3.5).
struct CompletionWriting {
    let publishing: ChangePublishing
    let identityProvider: IdentityProviderID
    let source: SourceSegment
    let completion: RunCompletion
    let envelope: Envelope
    /// For how long it is kept what objects were.
    let historyDays: Int

    /// People whom the run's lists showed, asked for together with those they did not show.
    static let witnesses = 2

    /// What a run comes to.
    struct Result {
        var counts: RunCounts
        /// What it waits for; `nil` if it is over.
        var asked: AskedRun?
        var end: RunEnd?
        /// What the fetcher is asked.
        var questions: [OutgoingRecord] = []
        /// The keys of people who cannot be compared with what comes by other rules.
        var unlikened: [String] = []

        /// What the partition's holder has in memory of it.
        func inHand(_ run: SourceSegment.RunHead, _ reports: FieldReports) -> RunOutcomeInHand {
            guard let asked else { return .over }
            return .asking(AskedState(head: run, counts: counts, asked: asked, fieldReports: reports))
        }
    }

    var run: SourceSegment.RunHead { source.run }
    var epoch: Epoch { source.standing.position.epoch }
    var moment: MissingObject.Moment { MissingObject.Moment(epoch: epoch, time: run.requestedAt) }

    /// - Parameter announcement: Is told what became of whom.
    /// - Throws: ``PostgresError``.
    func write(
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws -> Result {
        var result = Result(counts: source.counts)
        if run.kind == .reject { return try reject(on: connection) }
        if run.kind == .undo { return try undo(announcing: &announcement, on: connection) }
        guard !completion.hasLosses else {
            // Nobody is missing, and whoever has arrived was seen all the same.
            try forgetSeen(on: connection)
            return over(result)
        }
        let (missed, witnesses) = try missed(on: connection)
        count(missed, in: &result.counts)
        let (whole, part) = (try noteSurroundings(on: connection), try notePartialSurroundings(on: connection))
        result.unlikened = unlikened(of: missed)
        try Self.forgetLikeness(of: result.unlikened, in: identityProvider, on: connection)
        try noteCopies(on: connection)
        try Losses.forgetOld(of: identityProvider, at: run.requestedAt, on: connection)
        try forgetSeen(on: connection)
        let withheld = try hold(on: connection)
        let judgement =
            run.kind == .apply ? try approved(counting: &result.counts, on: connection) : judge(missed, (whole, part))
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
        let untold = judgement.untold > 0 ? [Self.untoldReason(judgement.untold)] : []
        guard !asked.isEmpty else { return over(result, untold, held: held) }
        let batches = batches(of: asked)
        result.questions = try questions(batches, witnesses, sampled: judgement.sampled, on: connection)
        result.asked = AskedRun(
            batches: batches.count,
            surroundings: completion.surroundings,
            isRangeWhole: completion.manifest.isRangeWhole,
            readDepartments: completion.readDepartments,
            sampled: judgement.sampled,
            isApproval: run.kind == .apply,
            isWhole: completion.reasons.isEmpty,
            isBasis: completion.isBasis,
            reasons: completion.reasons + untold,
            held: held
        )
        return result
    }

    private static func untoldReason(_ count: Int) -> String {
        "WeCom does not show \(count) who were asked for alone, and has not told that they are gone."
    }

    /// - Parameter more: Why the run is not as it should be, besides what is known of it already.
    func over(_ result: Result, _ more: [String] = [], held: Int = 0) -> Result {
        var result = result
        var reasons = completion.reasons + more
        let isPartial = !reasons.isEmpty
        if held > 0 { reasons.append(RunEnd.heldReason(held)) }
        result.end = RunEnd(
            outcome: held > 0 ? .held : isPartial ? .partial : .succeeded,
            reasons: reasons,
            isBasis: completion.isBasis
        )
        return result
    }

    /// Of how many people and departments a run makes something that it has not read: whom it misses, or takes back.
    ///
    /// - Throws: ``PostgresError``.
    func unread(on connection: isolated Connection) throws -> Int {
        if run.kind == .undo {
            let counts = try undoingCounts(on: connection)
            return DirectoryObject.Kind.allCases.reduce(0) { $0 + counts[$1].updated + counts[$1].removed }
        }
        guard !completion.hasLosses else { return 0 }
        return try missed(on: connection).missed.count
    }

    /// Says what a run comes to that is too large to be planned, and whom it misses.
    ///
    /// - Throws: ``PostgresError``.
    func estimate(on connection: isolated Connection) throws -> Result {
        if run.kind == .undo { return over(Result(counts: try undoingCounts(on: connection))) }
        guard !completion.hasLosses else { return over(Result(counts: source.counts)) }
        let (missed, _) = try missed(on: connection)
        var result = over(Result(counts: source.counts))
        count(missed, in: &result.counts)
        for kind in DirectoryObject.Kind.allCases {
            result.counts[kind].unknown += missed.count { $0.kind == kind }
        }
        if !missed.isEmpty { result.end?.reasons.append("WeCom would be asked for \(missed.count) that are missing.") }
        return result
    }

    private func count(_ missed: [Missed], in counts: inout RunCounts) {
        for kind in DirectoryObject.Kind.allCases { counts[kind].miss(missed.count { $0.kind == kind }) }
    }

    private func judge(
        _ missed: [Missed],
        _ before: (whole: Surroundings?, part: Surroundings?)
    ) -> MissingJudgement {
        MissingJudgement(
            missed,
            by: ReadingFacts(
                run: moment,
                kind: run.kind,
                isWhole: completion.reasons.isEmpty,
                isRangeWhole: completion.manifest.isRangeWhole,
                terms: run.terms,
                surroundings: completion.surroundings,
                before: before.whole,
                partBefore: before.part,
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
        return missing > source.counts.users.known && source.counts.users.created * 10 >= missing * 8
    }
}

extension RunCounts.Objects {
    /// Counts those who were known before, and whom the run did not show.
    mutating func miss(_ count: Int) {
        missing += count
        known += count
    }

    /// Of whom nothing was found out before the run ended, nobody knows.
    fileprivate mutating func leaveRestUnknown() {
        unknown += max(0, missing - present - removed - unknown - held)
    }
}

extension RunCounts {
    /// The figures of a run that is over, whether or not all that it asked for was answered.
    var concluded: RunCounts {
        var counts = self
        for kind in DirectoryObject.Kind.allCases { counts[kind].leaveRestUnknown() }
        return counts
    }

    /// Those of one kind of object.
    subscript(kind: DirectoryObject.Kind) -> Objects {
        get { kind == .user ? users : departments }
        set { if kind == .user { users = newValue } else { departments = newValue } }
    }
}
