import Messages

extension ActiveRun {
    /// What has to be done with a record.
    enum Action: Codable, Equatable {
        case nothing
        case create
        /// As ``create``, where somebody of an earlier corp had the key.
        case replace
        /// As ``create``, where the person was in the directory before, and gets the same id.
        case recreate
        /// As ``create``, where another human had the key: whoever is there goes, and the id is a new one.
        case another
        case update(DirectoryChanges.Kind)
        /// The person is disabled in WeCom and keeps access: the status stays as it was, and all else is applied. The hash
        /// becomes one that no record has, so that the next run looks again, whatever it meets.
        case withhold
        /// As ``withhold`` for as long as a policy or the person's protection says so: only the status stays.
        case keepAccess
        /// The same was done before: nothing is left to do.
        case keptAccess
        /// The record may be another human's: it is not applied, but that it disables.
        case holdReuse(isDisabled: Bool)
        /// Another copy of the person is as good as this one, and the directory has that: it is waited for.
        case postpone

        /// Whether the object is new to the directory.
        var isNew: Bool { self == .create || self == .recreate || isReplacing }

        /// Whether whoever has the key goes.
        var isReplacing: Bool { self == .replace || self == .another }
    }

    /// Sees a person, and says what has to be done.
    mutating func judge(_ record: UserRecord, key: ContentDigest) -> Action {
        let known = index.users[key]
        if known?.verdict == nil { see(user: key) }
        if let known, isCopy(record, key, known) {
            index.set(
                user: key,
                count(.nothing, contentHash: known.contentHash, known: known, isEnabled: known.isEnabled, in: \.users)
            )
            return .postpone
        }
        let isEnabled = record.status?.isEnabled ?? known.map { !$0.isStored || $0.isEnabled } ?? true
        var action = action(for: record.contentHash, known: known, isEnabled: isEnabled)
        if action == .update(.disabled), let known { action = disabling(record, key, known) }
        if let known { action = reuse(of: record, key, known, action) ?? action }
        var entry =
            switch action {
            case .withhold: count(action, contentHash: .zero, known: known, isEnabled: true, in: \.users)
            case .keepAccess, .keptAccess:
                count(action, contentHash: record.hashKeepingAccess, known: known, isEnabled: true, in: \.users)
            default: count(action, contentHash: record.contentHash, known: known, isEnabled: isEnabled, in: \.users)
            }
        if case .holdReuse(let isDisabled) = action, let known {
            entry = Self.held(entry, known, isDisabled: isDisabled)
        } else if action.isNew {
            // It is needed by later runs only, which read it from the row.
            entry.likeness = .unknown
        } else if action != .nothing {
            entry.likeness = entry.likeness.followed(by: Likeness(record))
        }
        index.set(user: key, entry)
        return action
    }

    /// Whether the person was shown twice in the last run, and this copy gave way to the one that the directory has.
    /// Notes copies that say otherwise in this run.
    private mutating func isCopy(
        _ record: UserRecord,
        _ key: ContentDigest,
        _ known: SourceIndex.Entry
    ) -> Bool {
        if known.verdict == nil {
            return known.isStored && !known.isRemoved && known.contentHash != record.contentHash
                && index.copies[key]?.contains(record.contentHash) ?? false
        }
        if known.isHeld { return false }
        let other = copies.drop(key)
        // Who is withheld has the content of no copy, and who was seen by a page that did not travel was changed since.
        let isOther =
            known.verdict != .rejected && !known.isByPage && known.contentHash != .zero
            && known.contentHash != record.contentHash && known.contentHash != record.hashKeepingAccess
        if other != nil || isOther {
            let person = terms.userIDCase.key(of: record.externalID)
            copies.note(person, other ?? known.contentHash, record.contentHash)
        }
        return false
    }

    /// What becomes of a person who is disabled in WeCom (architecture.md §3.6).
    private mutating func disabling(
        _ record: UserRecord,
        _ key: ContentDigest,
        _ known: SourceIndex.Entry
    ) -> Action {
        if protected.contains(key) || terms.safetyLimits.policies.disabledInWeCom == .keep {
            return known.contentHash == record.hashKeepingAccess ? .keptAccess : .keepAccess
        }
        // Who came with this run had no access before it.
        guard known.wasPresent else { return .update(.disabled) }
        // However many may still lose access, nobody is one of them of whom somebody decided otherwise.
        guard !known.isSpared, allowance.users > 0 else { return .withhold }
        allowance.users -= 1
        return .update(.disabled)
    }

    /// Sees a person whose record would be the one that is stored.
    mutating func judge(unchanged key: ContentDigest) {
        guard let known = index.users[key], known.verdict == nil || known.verdict == .rejected else { return }
        if known.verdict == nil { see(user: key) }
        var entry = count(
            .nothing,
            contentHash: known.contentHash,
            known: known,
            isEnabled: known.isEnabled,
            in: \.users
        )
        entry.isByPage = true
        index.set(user: key, entry)
    }

    /// Sees a department, and says what has to be done.
    mutating func judge(_ record: DepartmentRecord) -> Action {
        let known = index.departments[record.externalID]
        if known?.verdict == nil { see(department: record.externalID) }
        let action = action(for: record.contentHash, known: known, isEnabled: true)
        let entry = count(action, contentHash: record.contentHash, known: known, isEnabled: true, in: \.departments)
        index.set(department: record.externalID, entry)
        return action
    }

    /// Sees a person whose record could not be mapped: counted, kept from removal, not touched.
    mutating func judge(rejected key: ContentDigest) {
        let known = index.users[key]
        guard known?.verdict == nil else { return }
        see(user: key)
        index.set(user: key, Self.rejected(known))
        counts.users.see(known)
        counts.users.rejected += 1
    }

    /// Sees a department whose record could not be mapped.
    mutating func judge(rejectedDepartment id: Int64) {
        let known = index.departments[id]
        guard known?.verdict == nil else { return }
        see(department: id)
        index.set(department: id, Self.rejected(known))
        counts.departments.see(known)
        counts.departments.rejected += 1
    }

    private static func rejected(_ known: SourceIndex.Entry?) -> SourceIndex.Entry {
        var entry = known ?? .unknown
        entry.verdict = .rejected
        return entry
    }

    private func action(for hash: ContentDigest, known: SourceIndex.Entry?, isEnabled: Bool) -> Action {
        guard let known, known.isStored else { return .create }
        if known.isPast { return .replace }
        if known.isRemoved { return .update(.restored) }
        if known.contentHash == hash { return .nothing }
        switch (known.isEnabled, isEnabled) {
        case (true, false): return .update(.disabled)
        case (false, true): return .update(.restored)
        default: return .update(.updated)
        }
    }

    /// Counts the object once a run, by what the run made of it in the end, and returns its new entry.
    private mutating func count(
        _ action: Action,
        contentHash: ContentDigest,
        known: SourceIndex.Entry?,
        isEnabled: Bool,
        in objects: WritableKeyPath<RunCounts, RunCounts.Objects>
    ) -> SourceIndex.Entry {
        let verdict = Self.verdict(of: action, on: known)
        if let before = known?.verdict {
            counts[keyPath: objects].change(before, by: -1)
        } else {
            counts[keyPath: objects].see(known)
        }
        counts[keyPath: objects].change(verdict, by: 1)
        return SourceIndex.Entry(
            contentHash: contentHash,
            isStored: true,
            isRemoved: false,
            isEnabled: isEnabled,
            wasPresent: known?.wasPresent ?? false,
            isSpared: known?.isSpared ?? false,
            likeness: known?.likeness ?? .unknown,
            verdict: verdict
        )
    }

    private static func verdict(of action: Action, on known: SourceIndex.Entry?) -> SourceIndex.Verdict {
        var before = known?.verdict
        if before == nil || before == .rejected { before = known?.written }
        switch action {
        case .create, .replace, .recreate, .another: return .created
        case .update, .withhold, .keepAccess, .holdReuse(isDisabled: true):
            return before == .created ? .created : .updated
        case .nothing, .postpone, .keptAccess, .holdReuse(isDisabled: false): return before ?? .unchanged
        }
    }
}

extension RunCounts.Objects {
    /// Counts an object when it is first seen, by what was known of it.
    fileprivate mutating func see(_ known: SourceIndex.Entry?) {
        seen += 1
        if known?.wasPresent ?? false { self.known += 1 }
    }

    fileprivate mutating func change(_ verdict: SourceIndex.Verdict, by difference: Int) {
        switch verdict {
        case .created: created += difference
        case .updated: updated += difference
        case .unchanged: unchanged += difference
        case .rejected: rejected += difference
        }
    }
}

extension UserRecord {
    /// What is stored where the record was applied but for the status: once nobody says any more that the person keeps
    /// access, the record is another one than that.
    var hashKeepingAccess: ContentDigest { ContentDigest(of: contentHash, ContentDigest(high: 0, low: 1)) }
}
