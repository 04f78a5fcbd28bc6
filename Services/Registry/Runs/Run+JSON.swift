import Messages

extension Run: Encodable {
    private enum CodingKeys: CodingKey {
        case id, idpID, epoch, kind, target, selection, dryRun, plan, cause, state, outcome, reasons, endCause
        case errorCode, counts, fieldReports, progress, requestedAt, startedAt, finishedAt, cancelRequestedAt
        case restartedAs
    }

    /// A run as the API shows it.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(idpID, forKey: .idpID)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(work.target, forKey: .target)
        try container.encodeIfPresent(work.selection, forKey: .selection)
        try container.encode(isDryRun, forKey: .dryRun)
        try container.encodeIfPresent(plan?.run, forKey: .plan)
        try container.encode(cause, forKey: .cause)
        try container.encode(state, forKey: .state)
        try container.encodeIfPresent(outcome, forKey: .outcome)
        try container.encode(reasons, forKey: .reasons)
        try container.encodeIfPresent(endCause, forKey: .endCause)
        try container.encodeIfPresent(errorCode, forKey: .errorCode)
        try container.encode(counts, forKey: .counts)
        try container.encodeIfPresent(fieldReports, forKey: .fieldReports)
        try container.encode(progress, forKey: .progress)
        try container.encode(requestedAt, forKey: .requestedAt)
        try container.encodeIfPresent(startedAt, forKey: .startedAt)
        try container.encodeIfPresent(finishedAt, forKey: .finishedAt)
        try container.encodeIfPresent(cancelRequestedAt, forKey: .cancelRequestedAt)
        try container.encodeIfPresent(restartedAs, forKey: .restartedAs)
    }
}
