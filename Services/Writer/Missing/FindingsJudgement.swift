import Messages

/// What WeCom's word about one missing object comes to (architecture.md §3.5).
enum FindingVerdict: Equatable {
    /// It is there; `isListed` false: WeCom's lists should have shown it, and did not.
    case present(isListed: Bool)
    /// It is gone, and this is why and what is done.
    case gone(LossReason, LossPolicy)
    /// Nobody knows.
    case unknown
    /// WeCom does not let the app ask, and another run has to miss it, too.
    case unconfirmed
}

/// Judges what WeCom said of those whom a run missed, by what the run was.
struct FindingsJudgement {
    let head: SourceSegment.RunHead
    let asked: AskedRun
    let epoch: Epoch

    /// Two runs that miss somebody of whom the app may not ask lie so far apart at least.
    private static let confirmationGap: Int64 = 60_000

    /// What WeCom's word is worth.
    enum Worth: Equatable {
        /// It shows whom its lists showed, and the range is what it was.
        case counts
        /// The app may not ask for anybody, so that nobody can be a witness.
        case mayNotAsk
        /// Nothing: it contradicts the lists, or the range is another.
        case void
    }

    /// What the word about objects of a kind is worth, by those of that kind that the lists showed; of departments also by
    /// people, where the lists showed no other departments.
    func worth(of findings: FindingsMapped, about kind: DirectoryObject.Kind) -> Worth {
        let own = findings.witnesses.filter { $0.object.kind == kind }
        let witnesses = own.isEmpty && kind == .department ? findings.witnesses : own
        guard !witnesses.isEmpty, findings.visibleRangeHash == asked.surroundings.range else { return .void }
        if witnesses.allSatisfy({ $0.answer == .present }) { return .counts }
        return witnesses.allSatisfy { $0.answer == .refused } ? .mayNotAsk : .void
    }

    /// - Parameters:
    ///   - worth: What the word about objects of that kind is worth.
    ///   - before: The departments that the person was in, as the directory has it.
    ///   - now: Those that WeCom tells; `nil` where it does not.
    ///   - isFiltered: Whether the filter leaves the person out.
    func verdict(
        _ finding: Finding,
        _ worth: Worth,
        of object: MissingObject,
        before: [Int64],
        now: [Int64]?,
        isFiltered: Bool = false
    ) -> FindingVerdict {
        switch (worth, finding.answer) {
        case (.counts, .present) where isFiltered: leaving(.leftScope, object)
        case (.counts, .present): present(finding, object, before: before, now: now ?? before)
        case (.counts, .absent): gone(object)
        case (.counts, .unknown) where finding.isRefusalOfObject && isAgreed(object): gone(object)
        case (.mayNotAsk, .refused): isConfirmed(object) ? gone(object) : .unconfirmed
        default: .unknown
        }
    }

    /// Whether a whole run before this one missed it, too, and this one would have met whoever only moved; where somebody
    /// agreed, it need not.
    private func isConfirmed(_ object: MissingObject) -> Bool {
        guard asked.isWhole, head.kind == .apply || head.kind.readsAll(of: object.kind),
            let before = object.missedWhole, before.epoch < epoch
        else { return false }
        return head.requestedAt.millisecondsSince1970 - before.time.millisecondsSince1970 >= Self.confirmationGap
    }

    private func present(_ finding: Finding, _ object: MissingObject, before: [Int64], now: [Int64]) -> FindingVerdict {
        let isPerson = object.kind == .user
        let read = isPerson ? asked.readDepartments.intersection(now) : []
        guard read.isEmpty else { return .present(isListed: read.isDisjoint(with: before)) }
        if head.terms.scope != .all, head.kind != .objects {
            // What the directory does not know may be new, and in the scope: only WeCom's word says that it is not.
            guard let isInScope = finding.isInScope else {
                // It never will where the app may not ask for departments.
                let isDecided = isPerson && finding.code != nil && isAgreed(object)
                return isDecided ? leaving(.leftScope, object) : .unknown
            }
            guard isInScope else { return isPerson ? leaving(.leftScope, object) : .gone(.leftScope, .disable) }
        }
        // A run that carries out decisions has read no lists, and what only an unread tag shows is in none.
        return .present(isListed: isPerson || head.kind == .apply || !asked.isRangeWhole)
    }

    /// Whether somebody agreed that it is gone, who knew that WeCom does not say so.
    private func isAgreed(_ object: MissingObject) -> Bool { head.kind == .apply && object.hold == .unanswered }

    private func gone(_ object: MissingObject) -> FindingVerdict {
        if object.kind == .department { return .gone(.leftCompany, .deleteAfterGrace) }
        let reason = object.reason == .leftCompany || leftCompany(object) ? LossReason.leftCompany : .leftVisibleRange
        // With a part of the range unread, nobody leaves it.
        if reason == .leftVisibleRange, !asked.isRangeWhole { return .unknown }
        return leaving(reason, object)
    }

    private func leaving(_ reason: LossReason, _ object: MissingObject) -> FindingVerdict {
        let limits = head.terms.safetyLimits
        let isProtected = limits.protectedUsers.contains { head.terms.userIDCase.key(of: $0).text == object.key }
        return .gone(reason, isProtected ? .keep : limits.policies[reason])
    }

    /// A department that the person was last in was read whole and does not show them, and neither range nor scope are
    /// others than when they were last seen.
    private func leftCompany(_ object: MissingObject) -> Bool {
        object.isOfReadDepartment && [object.lastSeen, object.lastSeenInPart].contains(asked.surroundings)
    }
}
