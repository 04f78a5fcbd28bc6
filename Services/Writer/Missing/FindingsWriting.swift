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

    /// What has come of the answers by now.
    struct Work {
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
        /// People who have other user ids now.
        var renamed: [Renaming.Pair] = []
    }

    var run: SourceSegment.RunHead { source.run }
    var epoch: Epoch { source.standing.position.epoch }
    var moment: MissingObject.Moment { MissingObject.Moment(epoch: epoch, time: run.requestedAt) }
    var message: FindingsMapped { answers.message }
    var renaming: Renaming {
        Renaming(identityProvider: identityProvider, generation: run.terms.generation, time: run.requestedAt)
    }

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
}
