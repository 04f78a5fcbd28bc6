import Kafka
import Messages
import Outbox
import Postgres

/// Carries out a run that writes to the directory at its end alone: a dry run never, and one that carries out a plan only
/// if that is what it would do.
///
/// What it reads is gathered (``PlannedParts``). Once all is there, and answered, one transaction does what any run does,
/// part by part, writes down what that is (``Plans``), and takes it back unless it is to stay. So limits, policies and
/// what is held are those of any run, and a crash loses nothing: what was gathered stands in the database.
struct PlanWriting {
    /// People and departments that a plan may have, as it is carried out in one transaction.
    static let mostObjects = 100_000

    let publishing: ChangePublishing
    let identityProvider: IdentityProviderID
    let envelope: Envelope
    let source: SourceSegment
    let segment: Segment
    /// For how long it is kept what objects were.
    let historyDays: Int
    let mostObjects: Int

    /// What a rehearsal came to.
    private enum Outcome {
        /// WeCom has to be asked first.
        case asks(CompletionWriting.Result, PlannedCompletion)
        /// It would end like this; the rows are those of its plan.
        case planned(RunEnd, CopyRows)
        /// It would end like this, with so many objects that it can be no plan.
        case tooLarge(RunEnd, Int)
        /// It would do other than the plan says, with so many objects.
        case differs(CopyRows, Int)
        /// It has done what the plan says.
        case carriedOut(RunEnd, FieldReports)

        var isKept: Bool { if case .carriedOut = self { true } else { false } }
    }

    private var run: SourceSegment.RunHead { source.run }
    private var epoch: Epoch { source.standing.position.epoch }
    private var parts: PlannedParts { PlannedParts(identityProvider: identityProvider, epoch: epoch) }
    private var plans: Plans { Plans(identityProvider: identityProvider, epoch: epoch, run: run) }

    /// - Returns: What became of a run of which all has arrived, that was answered, or that cannot be carried out.
    /// - Throws: ``PostgresError``.
    func write(on connection: isolated Connection) throws -> RunOutcomeInHand? {
        if let ending = source.ending {
            try finish(ending.end, counts: run.plan == nil ? source.counts.concluded : RunCounts(), on: connection)
            return nil
        }
        // As it begins: whoever reads WeCom for it hears that it is over, and stops.
        if source.beginning != nil, let refusal = refusal(of: try plan(on: connection)) {
            return try end(by: refusal, on: connection)
        }
        try gather(on: connection)
        if let findings = source.findings { return try take(findings, on: connection) }
        guard let completion = source.completion else {
            try update(source, source.counts, on: connection)
            return nil
        }
        return try take(completion, on: connection)
    }

    /// Has done all that was read, unless WeCom has to be asked first.
    private func take(_ completion: RunCompletion, on connection: isolated Connection) throws -> RunOutcomeInHand {
        let plan = try plan(on: connection)
        if let refusal = refusal(of: plan) { return try end(by: refusal, on: connection) }
        if let objects = try tooMany(completion, on: connection) {
            return try leave(completion, objects: objects, on: connection)
        }
        return try settle(plan, on: connection) { connection in
            try writeRecords(namingRejected: true, on: connection)
            var last = part(source.only(completion))
            try last.carryOut(on: connection)
            try last.tell(on: connection)
            guard let result = last.result, let asked = result.asked else { return .over(last.source) }
            let completion = PlannedCompletion(
                asked: asked,
                counts: result.counts,
                time: source.time,
                unlikened: result.unlikened,
                state: try PlannedCompletion.state(of: identityProvider, in: epoch, on: connection)
            )
            return .asks(result, completion)
        }
    }

    /// Keeps answers until they are all there.
    private func take(
        _ findings: SourceSegment.Answers,
        on connection: isolated Connection
    ) throws -> RunOutcomeInHand? {
        let answers = PlannedAnswers(message: findings.message, time: source.time)
        try parts.append(answers, at: segment.nextOffset, on: connection)
        var state = findings.state
        state.asked.answered.insert(findings.message.batch)
        guard state.asked.isAnswered else {
            try update(source, state.counts, asked: state.asked, on: connection)
            return .asking(state)
        }
        let plan = try plan(on: connection)
        if let refusal = refusal(of: plan) { return try end(by: refusal, on: connection) }
        return try settle(plan, on: connection) { [state] connection in
            try writeRecords(namingRejected: false, on: connection)
            return .over(try writeAnswers(of: state, on: connection))
        }
    }

    /// Where all that was gathered has come to.
    private enum Rehearsed {
        case asks(CompletionWriting.Result, PlannedCompletion)
        case over(SourceSegment)
    }

    /// Has `body` do all of the run, keeps what it did if that is what the plan says, and takes it back otherwise.
    private func settle(
        _ plan: Plan?,
        on connection: isolated Connection,
        _ body: @Sendable (isolated Connection) throws -> Rehearsed
    ) throws -> RunOutcomeInHand {
        let outcome = try connection.savepoint(keepingIf: \.isKept) { connection -> Outcome in
            switch try body(connection) {
            case .asks(let result, let completion): return .asks(result, completion)
            case .over(let source):
                guard var end = source.ending?.end else { throw SegmentConflict(what: "the end of a run") }
                end.counts = source.counts
                return try weigh(end, source.fieldReports, against: plan, on: connection)
            }
        }
        switch outcome {
        case .asks(let result, let completion):
            try publishing.outbox.append(result.questions, on: connection)
            try parts.append(completion, at: segment.nextOffset, on: connection)
            try update(source, result.counts, asked: result.asked, on: connection)
            return result.inHand(run, source.fieldReports)
        case .planned(let end, let rows):
            try plans.keep(rows, on: connection)
            try finish(end, counts: end.counts, on: connection)
            return .over
        case .tooLarge(let end, let objects):
            try leave(end, counts: end.counts, objects: objects, on: connection)
            return .over
        case .differs(let rows, let count):
            try plans.keep(rows, differences: count, on: connection)
            let isOtherMapping = plan?.mapping != run.terms.mapping
            try finish(.planDiffers(count, isOtherMapping: isOtherMapping), counts: RunCounts(), on: connection)
            return .over
        case .carriedOut(let end, let reports):
            try plans.noteCarriedOut(on: connection)
            try finish(end, counts: end.counts, reports, hasWritten: true, on: connection)
            return .carriedOut
        }
    }

    /// Compares what was done with the plan, if there is one to be carried out.
    private func weigh(
        _ end: RunEnd,
        _ reports: FieldReports,
        against plan: Plan?,
        on connection: isolated Connection
    ) throws -> Outcome {
        if !run.isDryRun, plan?.state == .forgotten { return .carriedOut(end, reports) }
        let objects = try plans.note(on: connection)
        guard objects <= mostObjects else { return .tooLarge(end, objects) }
        guard !run.isDryRun else { return .planned(end, try plans.rows(on: connection)) }
        let count = try plans.differences(on: connection)
        guard count == 0, plan?.mapping == run.terms.mapping else {
            return .differs(try plans.rows(on: connection), count)
        }
        try plans.forgetObjects(on: connection)
        return .carriedOut(end, reports)
    }
}

extension PlanWriting {
    /// The plan that is to be carried out, as far as it is kept.
    private func plan(on connection: isolated Connection) throws -> Plan? {
        guard let epoch = run.plan else { return nil }
        let isCatchingUp = try connection.run(
            """
            select from partition_offsets
            where topic = \(segment.partition.topic) and partition = \(segment.partition.partition)
                and catch_up_to > \(segment.nextOffset)
            """
        )
        return try plans.find(epoch, isCatchingUp: !isCatchingUp.isEmpty, on: connection)
    }

    /// What ends the run before anything is compared.
    private func refusal(of plan: Plan?) -> RunEnd? {
        guard !run.isDryRun else { return nil }
        switch plan?.state {
        case nil: return .planExpired
        case .tooLarge: return .planTooLarge(mostObjects)
        // In a later life of the directory the log may not have the run any more that made the plan. What this one has
        // read is WeCom's word all the same: left out, the directory would lack it.
        case .forgotten: return nil
        case .ready, .carriedOut:
            let time = plan?.expiresAt.millisecondsSince1970 ?? 0
            return run.requestedAt.millisecondsSince1970 > time ? .planExpired : nil
        }
    }

    /// Ends a run that has done nothing, whatever it has read.
    private func end(by refusal: RunEnd, on connection: isolated Connection) throws -> RunOutcomeInHand {
        try finish(refusal, counts: RunCounts(), on: connection)
        return .over
    }

    /// Keeps what the segment has; whoever cannot be written is found out now, as in any run.
    private func gather(on connection: isolated Connection) throws {
        let planned = PlannedPart(source)
        guard !planned.isEmpty else { return }
        if source.completion == nil {
            try connection.trial { connection in
                var part = part(source)
                try part.carryOut(on: connection)
                try part.tell(on: connection)
            }
        }
        try parts.append(planned, at: segment.nextOffset, on: connection)
    }

    private func writeRecords(namingRejected: Bool, on connection: isolated Connection) throws {
        if run.kind.readsEverything {
            var past = part(source.withoutParts)
            try past.removePast(at: source.time, on: connection)
            try past.tell(on: connection)
        }
        try parts.forEachRecords(on: connection) { records in
            var part = part(records.segment(of: source, namesRejected: namingRejected))
            try part.carryOut(on: connection)
            try part.tell(on: connection)
            try Images.forget(identityProvider, on: connection)
        }
    }

    /// - Returns: The run as it stands after the last answer.
    private func writeAnswers(of state: AskedState, on connection: isolated Connection) throws -> SourceSegment {
        guard let completion = try parts.completion(on: connection) else {
            throw SegmentConflict(what: "what a run has gathered")
        }
        try completion.restore(identityProvider, on: connection)
        var (source, state) = (source.withoutParts, state)
        (state.asked, source.counts) = (completion.asked, completion.counts)
        try parts.forEachAnswers(on: connection) { answers in
            state.asked.batches = answers.message.batches
            state.asked.sampled.formUnion(answers.message.sampled)
            source.findings = SourceSegment.Answers(state: state, message: answers.message)
            source.time = answers.time
            var part = part(source)
            try part.carryOut(on: connection)
            try part.tell(on: connection)
            try Images.forget(identityProvider, on: connection)
            source = part.source
            if let asked = part.result?.asked { state.asked = asked }
        }
        return source
    }

    private func part(_ source: SourceSegment) -> PartWriting {
        var source = source
        source.beginning = nil
        return PartWriting(
            publishing: publishing,
            identityProvider: identityProvider,
            envelope: envelope,
            historyDays: historyDays,
            source: source
        )
    }

    private func writing(_ completion: RunCompletion) -> CompletionWriting {
        CompletionWriting(
            publishing: publishing,
            identityProvider: identityProvider,
            source: source,
            completion: completion,
            envelope: envelope,
            historyDays: historyDays
        )
    }

    /// How many objects the run has, where these are more than a plan may have: found out before any of it is done.
    private func tooMany(_ completion: RunCompletion, on connection: isolated Connection) throws -> Int? {
        let gathered = try parts.objects(on: connection)
        if gathered > mostObjects { return gathered }
        let unread = try writing(completion).unread(on: connection)
        return unread > mostObjects ? unread : nil
    }

    /// Leaves a run that is too large to be planned, with its figures.
    private func leave(
        _ completion: RunCompletion,
        objects: Int,
        on connection: isolated Connection
    ) throws -> RunOutcomeInHand {
        let result = try run.plan == nil ? writing(completion).estimate(on: connection) : nil
        let end = result?.end ?? RunEnd(outcome: .partial)
        try leave(end, counts: result?.counts.concluded ?? RunCounts(), objects: objects, on: connection)
        return .over
    }

    private func leave(
        _ end: RunEnd,
        counts: RunCounts,
        objects: Int,
        on connection: isolated Connection
    ) throws {
        guard run.plan == nil else {
            return try finish(.planDiffers(nil, isOtherMapping: false), counts: RunCounts(), on: connection)
        }
        var end = end
        end.reasons.append(RunEnd.tooLarge(mostObjects))
        try plans.keepTooLarge(objects, on: connection)
        try finish(end, counts: counts, on: connection)
    }

    private func finish(
        _ end: RunEnd,
        counts: RunCounts,
        _ reports: FieldReports? = nil,
        hasWritten: Bool = false,
        on connection: isolated Connection
    ) throws {
        try PlannedParts.deleteAll(of: identityProvider, on: connection)
        var source = source
        source.ending = SourceSegment.Ending(time: source.time, end: end)
        source.fieldReports = reports ?? source.fieldReports
        try update(source, counts, hasWritten: hasWritten, on: connection)
    }

    private func update(
        _ source: SourceSegment,
        _ counts: RunCounts,
        asked: AskedRun? = nil,
        hasWritten: Bool = false,
        on connection: isolated Connection
    ) throws {
        try RunRows(publishing: publishing).update(
            source,
            counts,
            asked: asked,
            hasWritten: hasWritten,
            of: identityProvider,
            from: envelope,
            on: connection
        )
    }
}

extension SourceSegment {
    /// The end of its reading alone.
    fileprivate func only(_ completion: RunCompletion) -> SourceSegment {
        var part = withoutParts
        part.completion = completion
        return part
    }
}
