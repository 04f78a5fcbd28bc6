import Messages

/// What is done about what a run missed (architecture.md §3.5, §3.6): who is asked for, who is held or kept already, and
/// who stays unasked because the run fell short where they may be.
struct MissingJudgement: Equatable {
    /// Of more than may lose access only so many are asked for.
    static let sampleSize = 20

    /// All of them, as they are now.
    private(set) var objects: [MissingObject] = []
    /// Kinds of which only a sample is asked for.
    private(set) var sampled: Set<DirectoryObject.Kind> = []
    /// Nobody knows of them, by kind: the run fell short where they may be.
    private(set) var unasked: [DirectoryObject.Kind: Int] = [:]
    /// Those of them whom WeCom did not show when asked for them alone.
    private(set) var untold = 0

    /// Who is asked for, those of whom nothing was learnt before first: asking may end before all are.
    var asked: [MissingObject] {
        objects.filter { $0.state == .asked }.sorted {
            ($0.unknownRuns, $1.kind.rawValue, $1.key) > ($1.unknownRuns, $0.kind.rawValue, $0.key)
        }
    }

    /// How many are held, or kept.
    func staying(_ kind: DirectoryObject.Kind) -> Int {
        objects.count { $0.kind == kind && ($0.state == .held || $0.state == .kept) }
    }

    init(_ missed: [Missed], by facts: ReadingFacts) {
        var askable: [DirectoryObject.Kind: [MissingObject]] = [:]
        for one in missed {
            let object = MissingObject(one, by: facts)
            if object.state != .open {
                objects.append(object)
            } else if one.isUntold || !facts.unreadDepartments.isDisjoint(with: one.departments) {
                objects.append(object)
                unasked[one.kind, default: 0] += 1
                if one.isUntold { untold += 1 }
            } else {
                askable[one.kind, default: []].append(object)
            }
        }
        for kind in DirectoryObject.Kind.allCases { decide(about: askable[kind] ?? [], of: kind, by: facts) }
        objects.sort { ($0.kind.rawValue, $0.key) < ($1.kind.rawValue, $1.key) }
    }

    private mutating func decide(
        about askable: [MissingObject],
        of kind: DirectoryObject.Kind,
        by facts: ReadingFacts
    ) {
        if kind == .user, facts.haveIDsChanged {
            objects += askable.map { $0.held(.idsChanged, by: facts.run) }
            return
        }
        let most = kind == .user ? facts.allowance.users : facts.allowance.departments
        // Who only has another user id loses nothing; whether that is so, somebody says where they are many.
        let renamed = askable.filter { $0.renamedTo != nil }
        let areIDsChanged = renamed.count > most
        for object in renamed { objects.append(areIDsChanged ? object.held(.idsChanged, by: facts.run) : object.asked) }
        let askable = askable.filter { $0.renamedTo == nil }
        // Should those turn out to be others, they have lost access together with all who are asked for.
        let asked = areIDsChanged ? askable.count : askable.count + renamed.count
        // Those of whom nothing was learnt before come first.
        let order = askable.sorted { ($0.unknownRuns, $1.key) > ($1.unknownRuns, $0.key) }
        let isSample = !askable.isEmpty && asked > most
        if isSample { sampled.insert(kind) }
        for (index, object) in order.enumerated() {
            var object = object
            object.state = isSample && index >= Self.sampleSize ? .waiting : .asked
            objects.append(object)
        }
    }
}

extension MissingObject {
    fileprivate var asked: MissingObject {
        var object = self
        object.state = .asked
        return object
    }

    /// How a missed object stands before anybody is asked.
    fileprivate init(_ missed: Missed, by facts: ReadingFacts) {
        self.init(
            kind: missed.kind,
            key: missed.key,
            externalID: missed.externalID,
            since: facts.run
        )
        (lastSeen, lastSeenInPart) = (facts.before, facts.partBefore)
        // Who was there until now, and withheld, is missing since now.
        if let known = missed.known, known.reason != .disabledInWeCom, !known.isReused { self = known }
        renamedTo = missed.renamedTo ?? renamedTo
        if facts.isWhole, facts.kind.readsAll(of: missed.kind), missedWhole == nil { missedWhole = facts.run }
        externalID = missed.externalID
        isOfReadDepartment = !facts.readDepartments.isDisjoint(with: missed.departments)
        if missed.isToldDeleted { reason = .leftCompany }
        let isNews = missed.renamedTo != nil && missed.renamedTo != missed.known?.renamedTo
        // Who only has another user id keeps what is protected.
        if missed.kind == .user, renamedTo == nil, facts.protected.contains(missed.key) {
            if facts.isRangeWhole || hold != .protected { self = kept(.protected, in: facts.surroundings) }
        } else if isNews || !stays(by: facts) {
            self = reopened()
        }
    }

    /// Whether what was decided, or is to be decided, still holds.
    private func stays(by facts: ReadingFacts) -> Bool {
        switch state {
        case .open, .asked, .waiting: false
        case .kept: !isOverruled(by: facts) && (!facts.isRangeWhole || keptIn == facts.surroundings)
        case .held:
            heldSince.map { facts.run.time.millisecondsSince1970 - $0.time.millisecondsSince1970 }
                .map { $0 < Int64(facts.terms.safetyLimits.heldDays) * 86_400_000 } ?? false
        }
    }

    /// Whether what kept it does so no longer: the person is not protected any more, or the policy is another one.
    private func isOverruled(by facts: ReadingFacts) -> Bool {
        if hold == .protected { return true }
        guard hold == .policy, let reason else { return false }
        // A protected person who may have another user id is asked for, and then stays as by a policy.
        return facts.terms.safetyLimits.policies[reason] != .keep && !facts.protected.contains(key)
    }
}

extension MissingJudgement {
    /// All that somebody agreed to is asked for once more, without limit.
    init(approved: [MissingObject]) {
        objects = approved.map(\.asked)
    }
}
