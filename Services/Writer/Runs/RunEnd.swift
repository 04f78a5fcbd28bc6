import Messages

/// What became of a run: as its row keeps it, and as it is told.
struct RunEnd: Equatable {
    var outcome: RunOutcome
    var counts = RunCounts()
    /// Why it did not succeed, a sentence each.
    var reasons: [String] = []
    /// Fields that could not be taken.
    var fieldReports = FieldReports()
    /// Why it ended other than by doing its work.
    var cause: RunEndCause?
    /// WeCom's error code, if that was it.
    var errorCode: Int?
    /// Whether the next run can go on from it.
    var isBasis = false
    /// How many people and departments somebody has to decide about once it is over, be they held by it or by others.
    var stillHeld: Int?

    /// The message that tells it.
    ///
    /// - Parameter currentEpoch: The highest epoch of the identity provider that has begun.
    func told(currentEpoch: Epoch) -> RunFinished {
        RunFinished(
            outcome: outcome,
            counts: counts,
            reasons: reasons,
            fieldReports: fieldReports.list,
            cause: cause,
            errorCode: errorCode,
            currentEpoch: currentEpoch,
            isBasis: isBasis,
            stillHeld: stillHeld,
            finishedAt: .now
        )
    }
}

/// The ends of runs that nothing is done for.
extension RunEnd {
    /// A newer run of the identity provider is known.
    static let epochPassed = RunEnd(
        outcome: .failed,
        reasons: ["A newer run of the identity provider is known."],
        cause: .epochPassed
    )
    /// Another run had the same number.
    static let epochTaken = RunEnd(
        outcome: .failed,
        reasons: ["Another run of the identity provider had the same number."],
        cause: .epochTaken
    )
    /// A newer run began meanwhile.
    static let overtaken = RunEnd(
        outcome: .failed,
        reasons: ["A newer run began before this one was over."],
        cause: .overtaken
    )
    /// The identity provider is deleted.
    static let deleted = RunEnd(
        outcome: .cancelled,
        reasons: ["The identity provider is deleted."],
        cause: .deleted
    )
    /// The people of another corp have come since.
    static let pastGeneration = RunEnd(
        outcome: .failed,
        reasons: ["Another corp has come behind the identity provider since the run was asked for."]
    )
    /// It speaks of another tenant's identity provider.
    static let foreignTenant = RunEnd(
        outcome: .failed,
        reasons: ["The identity provider belongs to another tenant."],
        cause: .foreignTenant
    )

    /// It ends, and the message with which it, or its holder's part of it, begins was never taken in.
    static let unbegun = unreadable("its beginning never came.")

    /// A message that the run cannot do without cannot be taken in.
    static func unreadable(_ reason: String) -> RunEnd {
        RunEnd(outcome: .failed, reasons: ["A message of the run could not be taken in: \(reason)"], cause: .unreadable)
    }
}
