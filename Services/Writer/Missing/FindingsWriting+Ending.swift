import Messages
import Postgres

/// How a run ends once all that it asked for is answered.
extension FindingsWriting {
    func end(_ work: Work, on connection: isolated Connection) throws -> CompletionWriting.Result {
        var work = work
        var reasons = work.asked.reasons
        try reopenUnnamed(&work, on: connection)
        try decideAboutSample(&work, on: connection)
        if work.asked.notListed.total > 0 {
            reasons.append(
                "WeCom's lists did not show \(work.asked.notListed.total) who are there: nobody was removed for that."
            )
        }
        if !work.asked.voidWords.isEmpty {
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

    /// Whom no answer names, as a rebuilt directory may ask for others than the first one did, the next run asks for.
    private func reopenUnnamed(_ work: inout Work, on connection: isolated Connection) throws {
        let unnamed = try MissingRows.load(
            of: identityProvider,
            where: "state = 'asked' and epoch = \(epoch.rawValue)",
            on: connection
        )
        let left = unnamed.map(\.unasked)
        try MissingRows.save(left, of: identityProvider, in: epoch, on: connection)
        for object in left {
            if object.state == .held {
                work.counts[object.kind].held += 1
                work.asked.held += 1
            } else {
                work.counts[object.kind].unknown += 1
            }
        }
    }

    /// Of more than may lose access only some were asked for: they say whether somebody has to decide about all of that
    /// kind, or WeCom's lists were at fault.
    private func decideAboutSample(
        _ work: inout Work,
        on connection: isolated Connection
    ) throws {
        guard !work.asked.sampled.isEmpty else { return }
        let waiting = try MissingRows.load(
            of: identityProvider,
            where: "state = 'waiting' and epoch = \(epoch.rawValue)",
            on: connection
        )
        .filter { work.asked.sampled.contains($0.kind) }
        let decided = waiting.map { object in
            if work.asked.notListed[object.kind] > 0 {
                work.counts[object.kind].unknown += 1
                return object.reopened()
            }
            if work.asked.voidWords.contains(object.kind) || work.asked.goneOfSample[object.kind] == 0 {
                // Nothing was learnt of those who were asked for, nor therefore of the others.
                return unlearnt(object, &work)
            }
            work.counts[object.kind].held += 1
            work.asked.held += 1
            return object.held(.overLimit, by: moment)
        }
        try MissingRows.save(decided, of: identityProvider, in: epoch, on: connection)
    }
}

extension RunEnd {
    /// Why a run is `held`.
    static func heldReason(_ count: Int) -> String {
        "An administrator has to decide about \(count): more would lose access than the limits allow, it is doubtful that "
            + "they are gone, or another human may have their user id."
    }
}
