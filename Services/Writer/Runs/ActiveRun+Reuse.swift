import Messages

/// How it is told whether a user id is still the same human's (architecture.md §3.5).
extension ActiveRun {
    /// What becomes of a person whose user id was used before, where that is more than `action` says.
    ///
    /// - Parameter action: What would become of them if nobody else could have the id.
    /// - Returns: Nil where `action` stands.
    func reuse(
        of record: UserRecord,
        _ key: ContentDigest,
        _ known: SourceIndex.Entry,
        _ action: Action
    ) -> Action? {
        guard action != .nothing, !known.isPast, known.isStored || known.isFormer else { return nil }
        // Whoever had it has another one now.
        if known.isMoved { return .another }
        switch reuseDecisions[key] {
        case .samePerson: return known.isFormer ? .recreate : nil
        case .anotherPerson: return .another
        case nil: break
        }
        if isDoubtful(record, key, known) {
            return .holdReuse(isDisabled: action == .update(.disabled) && !known.isRemoved)
        }
        return known.isFormer ? .recreate : nil
    }

    /// Whether another human may have the id by now: gone for longer than the grace period, or, once its owner was gone,
    /// with another name and another of what belongs to one person alone; with nothing in common where the owner was
    /// always seen. Under other rules nobody is who they were; who is held stays so.
    private func isDoubtful(_ record: UserRecord, _ key: ContentDigest, _ known: SourceIndex.Entry) -> Bool {
        if known.isLongGone { return true }
        // Copies of somebody new may contradict one another, and nobody had the id before.
        if known.verdict == .created || known.written == .created { return false }
        let isSameMapping = index.mapping.map { $0 == terms.mapping } ?? true
        guard isSameMapping, known.likeness != .unknown else { return known.isDoubted }
        let wasGone = !known.isStored || known.isRemoved || known.isDoubted || toldReused.contains(key)
        let likeness = Likeness(record)
        return wasGone ? likeness.isAnother(than: known.likeness) : likeness.isStranger(to: known.likeness)
    }

    /// The entry of a person whose record is held back: as it was, but that the run has seen it.
    static func held(_ counted: SourceIndex.Entry, _ known: SourceIndex.Entry, isDisabled: Bool) -> SourceIndex.Entry {
        var entry = known
        (entry.verdict, entry.isHeld) = (counted.verdict, true)
        if isDisabled { (entry.isEnabled, entry.contentHash) = (false, .zero) }
        return entry
    }
}

extension UserRecord {
    /// Nothing but what it says of the account; the hash becomes one that no record has.
    var onlyStatus: UserRecord {
        UserRecord(
            externalID: externalID,
            status: status,
            memberships: nil,
            leaders: nil,
            contentHash: .zero
        )
    }
}
