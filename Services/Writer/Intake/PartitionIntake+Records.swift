import Messages
import Traces

/// How the records of a run are taken in.
extension PartitionIntake {
    mutating func take(_ batch: UserBatch, envelope: Envelope, isReplay: Bool) {
        let id = envelope.identityProvider
        guard isNew(batch.page, batch.slice, of: id) else { return }
        if !isReplay { open(id, trace: envelope.trace) }
        let counts = sources[id]?.run?.counts
        judge(batch, of: id, isReplay: isReplay)
        settle(id, countsBefore: counts, isReplay: isReplay)
    }

    /// Takes the run out for the time of the page, as looking it up for each person costs more than judging.
    private mutating func judge(_ batch: UserBatch, of id: IdentityProviderID, isReplay: Bool) {
        guard var run = sources[id]?.run.take() else { return }
        var changes = isReplay ? nil : segment.sources[id]?.users.take()
        var content = ContentDigest.zero
        let userIDCase = run.terms.userIDCase
        var hasWithheld = false
        run.govern(by: batch.fields)
        for record in batch.users {
            let key = userIDCase.key(of: record.externalID)
            let digest = key.digest
            let action = run.judge(record, key: digest)
            content = content &+ StoredPage.part(key: digest, contentHash: record.hash(after: action))
            if action == .nothing { continue }
            if run.take(action, record, key, digest, into: &changes) { hasWithheld = true }
        }
        if !isReplay { run.fieldReports.add(batch.fieldProblems) }
        for externalID in batch.rejected.compactMap(\.externalID) {
            let key = userIDCase.key(of: externalID)
            if !isReplay, !run.index.sees(user: key.digest) {
                segment.sources[id]?.rejected[.user(key.text)] = externalID
            }
            run.judge(rejected: key.digest)
        }
        let filtered = (batch.filtered ?? []).map { userIDCase.key(of: $0).digest }
        for key in filtered { run.judge(filtered: key) }
        if let origin = batch.origin, batch.slice?.isLast ?? true { run.unproven.remove(PageID(origin)) }
        let whole = run.note(
            page: batch.page,
            batch.slice,
            content: content,
            rejected: batch.rejected,
            origin: batch.origin,
            hasWithheld: hasWithheld
        )
        if !isReplay, let whole { keep(batch, content: whole, filtered, in: &run, of: id) }
        sources[id]?.run = run
        if let changes { segment.sources[id]?.users = changes }
    }

    /// Takes in copies of people that were waiting for others which did not come.
    mutating func takePostponed(of id: IdentityProviderID) {
        for copy in sources[id]?.run?.copies.takePostponed() ?? [] {
            guard let action = sources[id]?.run?.judge(copy.record, key: copy.key.digest), action != .nothing
            else { continue }
            sources[id]?.run?.copies.forget(copy.key)
            var changes = segment.sources[id]?.users.take()
            _ = sources[id]?.run?.take(action, copy.record, copy.key, copy.key.digest, into: &changes)
            if let changes { segment.sources[id]?.users = changes }
        }
        guard let run = sources[id]?.run else { return }
        let contradicting = run.copies.met.keys.map(\.text).sorted()
        sources[id]?.run?.fieldReports
            .add(contradicting.map { FieldProblem(.user($0), field: "*", .conflict) })
        segment.sources[id]?.counts = run.counts
        if let reports = sources[id]?.run?.fieldReports { segment.sources[id]?.fieldReports = reports }
    }

    /// Remembers what the page became, so that it need not travel again.
    private mutating func keep(
        _ batch: UserBatch,
        content: ContentDigest,
        _ filtered: [ContentDigest],
        in run: inout ActiveRun,
        of id: IdentityProviderID
    ) {
        guard !run.isDryRun, let origin = batch.origin, let mapping = batch.mapping else { return }
        let page = StoredPage(digest: origin.digest, mapping: mapping, content: content, filtered: filtered)
        if run.note(page, as: PageID(origin)) { segment.sources[id]?.pages[PageID(origin)] = .some(page) }
    }

    /// Takes in pages that do not travel.
    mutating func take(_ unchanged: UnchangedPages, envelope: Envelope, isReplay: Bool) {
        let id = envelope.identityProvider
        guard isNew(unchanged.page, nil, of: id) else { return }
        if !isReplay { open(id, trace: envelope.trace) }
        let counts = sources[id]?.run?.counts
        guard var run = sources[id]?.run.take() else { return }
        for page in unchanged.pages
        where !run.judge(unchanged: page, mapping: unchanged.mapping, isReplay: isReplay) && !isReplay {
            forget(PageID(page.origin), in: &run, of: id)
        }
        run.note(page: unchanged.page)
        sources[id]?.run = run
        settle(id, countsBefore: counts, isReplay: isReplay)
    }

    private mutating func forget(_ page: PageID, in run: inout ActiveRun, of id: IdentityProviderID) {
        guard !run.isDryRun, run.index.pages[page] != nil else { return }
        run.index.set(page: page, nil)
        segment.sources[id]?.pages[page] = .some(nil)
    }

    mutating func take(_ batch: DepartmentBatch, envelope: Envelope, isReplay: Bool) {
        let id = envelope.identityProvider
        guard isNew(batch.page, batch.slice, of: id) else { return }
        if !isReplay { open(id, trace: envelope.trace) }
        let counts = sources[id]?.run?.counts
        for record in batch.departments {
            guard let action = sources[id]?.run?.judge(record), action != .nothing, !isReplay else { continue }
            segment.sources[id]?.departments[record.externalID, default: .init(record: record, action: action)]
                .merge(record, action)
        }
        for rejected in batch.rejected {
            guard let number = rejected.externalID.flatMap({ Int64($0) }) else { continue }
            if !isReplay, sources[id]?.run?.index.sees(department: number) == false {
                segment.sources[id]?.rejected[.department(number)] = String(number)
            }
            sources[id]?.run?.judge(rejectedDepartment: number)
        }
        if !isReplay { sources[id]?.run?.fieldReports.add(batch.fieldProblems) }
        sources[id]?.run?.note(page: batch.page, batch.slice, rejected: batch.rejected)
        settle(id, countsBefore: counts, isReplay: isReplay)
    }

    /// Takes in that something of the run is missing.
    ///
    /// - Parameters:
    ///   - page: The page that it was; `nil` where it was none.
    ///   - department: Whose page it was, where that is known.
    mutating func refuse(
        page: Int?,
        of department: Int64? = nil,
        _ reason: String,
        envelope: Envelope,
        isReplay: Bool
    ) {
        let id = envelope.identityProvider
        if let page, !isNew(page, nil, of: id) { return }
        // What was refused before is remembered with the run.
        if isReplay {
            if let page { sources[id]?.run?.note(page: page) }
            return
        }
        open(id, trace: envelope.trace)
        sources[id]?.run?.refuse(page: page, of: department, reason)
        if let refusals = sources[id]?.run?.refusals { segment.sources[id]?.refusals = refusals }
    }

    /// Whether the page is none that this holder's later ones have overtaken. A page that never came in its turn makes
    /// the run `partial`.
    private func isNew(_ page: Int, _ slice: PageSlice?, of id: IdentityProviderID) -> Bool {
        sources[id]?.run?.arrivals.isNew(page, slice) ?? false
    }

    /// What is only seen again was counted before.
    private mutating func settle(_ id: IdentityProviderID, countsBefore: RunCounts?, isReplay: Bool) {
        if isReplay {
            if let countsBefore { sources[id]?.run?.counts = countsBefore }
            sources[id]?.run?.index.commit()
        } else if let run = sources[id]?.run {
            segment.sources[id]?.counts = run.counts
            segment.sources[id]?.fieldReports = run.fieldReports
        }
    }
}

extension ActiveRun {
    /// Has a person written as `action` says.
    ///
    /// - Parameter changes: What is written; `nil` for what is only seen again.
    /// - Returns: Whether what the person's page became does not tell what the directory has.
    mutating func take(
        _ action: Action,
        _ record: UserRecord,
        _ key: DirectoryKey,
        _ digest: ContentDigest,
        into changes: inout UserChanges?
    ) -> Bool {
        switch action {
        case .nothing, .keptAccess: return false
        case .postpone:
            copies.postpone(record, key)
            return true
        case .withhold:
            withheld[key] = Withheld(externalID: record.externalID)
            update(record.keepingAccess(.zero), .update(.updated), key, digest, &changes)
            return true
        case .holdReuse(let isDisabled):
            withheld[key] = Withheld(externalID: record.externalID, reusedBy: Likeness(record))
            if isDisabled { changes?.add(record.onlyStatus, .update(.disabled), key: key, digest: digest) }
            return true
        case .keepAccess:
            update(record.keepingAccess(record.hashKeepingAccess), .update(.updated), key, digest, &changes)
        case .update: update(record, action, key, digest, &changes)
        case .create, .recreate, .replace, .another: changes?.add(record, action, key: key, digest: digest)
        }
        return false
    }

    /// Has a person written whom the directory has already, by what the rules mean for such.
    private func update(
        _ record: UserRecord,
        _ action: Action,
        _ key: DirectoryKey,
        _ digest: ContentDigest,
        _ changes: inout UserChanges?
    ) {
        let governed = governance?.governing(record) ?? record
        changes?.add(governed, action, key: key, digest: digest, attributes: governance?.attributes)
    }
}

extension UserRecord {
    /// What is stored of it.
    fileprivate func hash(after action: ActiveRun.Action) -> ContentDigest {
        action == .keepAccess || action == .keptAccess ? hashKeepingAccess : contentHash
    }

    /// The record without what it says of the account.
    func keepingAccess(_ hash: ContentDigest) -> UserRecord {
        var record = self
        (record.status, record.contentHash) = (nil, hash)
        return record
    }
}

extension SourceSegment.DepartmentChange {
    /// The department came once more in the same transaction.
    mutating func merge(_ record: DepartmentRecord, _ action: ActiveRun.Action) {
        let earlier = self.record
        self.record = record
        self.record.name = record.name ?? earlier.name
        self.record.englishName = record.englishName ?? earlier.englishName
        self.record.parentID = record.parentID ?? earlier.parentID
        self.record.order = record.order ?? earlier.order
        self.record.leaders = record.leaders ?? earlier.leaders
        self.action = self.action.followed(by: action)
    }
}

extension ActiveRun.Action {
    /// What both come to: a new object stays new, and a change says less than a return or a removal.
    func followed(by next: Self) -> Self {
        isNew || next == .update(.updated) ? self : next
    }
}
