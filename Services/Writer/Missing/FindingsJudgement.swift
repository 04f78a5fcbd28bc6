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

    /// Whether WeCom's word counts: it shows whom its lists showed, and the range is what it was.
    func counts(_ findings: FindingsMapped) -> Bool {
        guard !findings.witnesses.isEmpty, findings.visibleRangeHash == asked.surroundings.range else { return false }
        // Where the app may not ask for anybody, nobody can be a witness.
        let mayNotAsk = findings.witnesses.allSatisfy { $0.answer == .refused }
        return mayNotAsk || findings.witnesses.allSatisfy { $0.answer == .present }
    }

    /// - Parameters:
    ///   - before: The departments that the person was in, as the directory has it.
    ///   - now: Those that WeCom tells; `nil` where it did not show the object.
    func verdict(_ finding: Finding, of object: MissingObject, before: [Int64], now: [Int64]?) -> FindingVerdict {
        switch finding.answer {
        case .present: return present(object, before: before, now: now ?? before)
        case .absent: return gone(object)
        case .unknown: return .unknown
        case .refused:
            let isConfirmed =
                asked.isWhole && object.since.epoch < epoch
                && head.requestedAt.millisecondsSince1970 - object.since.time.millisecondsSince1970
                    >= Self.confirmationGap
            return isConfirmed ? gone(object) : .unconfirmed
        }
    }

    private func present(_ object: MissingObject, before: [Int64], now: [Int64]) -> FindingVerdict {
        if object.kind == .department {
            guard let id = object.object.departmentID else { return .unknown }
            guard head.kind == .full || head.kind == .departments else { return .present(isListed: true) }
            let isOutside = head.terms.scope != .all && !asked.readDepartments.contains(id)
            return isOutside ? .gone(.leftScope, .disable) : .present(isListed: !asked.isRangeWhole)
        }
        let read = asked.readDepartments.intersection(now)
        guard read.isEmpty else { return .present(isListed: read.isDisjoint(with: before)) }
        let isOutside = head.terms.scope != .all && (head.kind == .full || head.kind == .apply)
        return isOutside && head.kind == .full ? leaving(.leftScope) : .present(isListed: true)
    }

    private func gone(_ object: MissingObject) -> FindingVerdict {
        if object.kind == .department { return .gone(.leftCompany, .deleteAfterGrace) }
        let reason = object.reason == .leftCompany || leftCompany(object) ? LossReason.leftCompany : .leftVisibleRange
        // With a part of the range unread, nobody leaves it.
        if reason == .leftVisibleRange, !asked.isRangeWhole { return .unknown }
        return leaving(reason)
    }

    private func leaving(_ reason: LossReason) -> FindingVerdict {
        .gone(reason, head.terms.safetyLimits.policies[reason])
    }

    /// A department that the person was last in was read whole and does not show them, and neither range nor scope are
    /// others than when they were last seen.
    private func leftCompany(_ object: MissingObject) -> Bool {
        object.isOfReadDepartment && object.lastSeen == asked.surroundings
    }
}
