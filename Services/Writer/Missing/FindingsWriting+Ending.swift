import Messages
import Postgres

/// How a run ends once all that it asked for is answered.
extension FindingsWriting {
    func end(_ work: Work, on connection: isolated Connection) throws -> CompletionWriting.Result {
        var work = work
        var reasons = work.asked.reasons
        try reopenUnnamed(&work, on: connection)
        try decideAboutSample(&work, on: connection)
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

    /// Whom no answer names, as a rebuilt directory may ask for others than the first one did, the next run asks for.
    private func reopenUnnamed(_ work: inout Work, on connection: isolated Connection) throws {
        let unnamed = try MissingRows.load(
            of: identityProvider,
            where: "state = 'asked' and epoch = \(epoch.rawValue)",
            on: connection
        )
        try MissingRows.save(unnamed.map { $0.reopened() }, of: identityProvider, in: epoch, on: connection)
        for object in unnamed { work.counts[object.kind].unknown += 1 }
    }

    /// Of more than may lose access only some were asked for: they say whether somebody has to decide about all, or
    /// WeCom's lists were at fault.
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
        let isAtFault = work.asked.notListed > 0 || work.asked.isWordVoid || work.asked.goneOfSample == 0
        let decided = waiting.map { isAtFault ? $0.reopened() : $0.held(.overLimit, by: moment) }
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
