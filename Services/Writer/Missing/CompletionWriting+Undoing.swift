import Messages
import Postgres

/// What a run does that takes another one back (architecture.md §3.6).
extension CompletionWriting {
    func undo(announcing announcement: inout Announcement, on connection: isolated Connection) throws -> Result {
        guard let selection = run.selection else { return over(Result(counts: source.counts)) }
        guard let undone = try UndoneRun.find(selection.upTo, of: identityProvider, on: connection),
            undone.isKept(since: beginningOfHistory)
        else {
            return Result(counts: source.counts, end: .historyNotKept(since: beginningOfHistory))
        }
        let surroundings = try noteSurroundings(on: connection) ?? completion.surroundings
        let undoing = undoing(of: selection)
        let people = try undoing.plans(.user, selection.objects, on: connection)
        let departments = try undoing.plans(.department, selection.objects, on: connection)
        try apply(undoing, people, departments, announcing: &announcement, on: connection)
        for (kind, plans) in [(DirectoryObject.Kind.user, people), (.department, departments)] {
            try settle(kind, plans.filter { !$0.isSkipped }, surroundings, on: connection)
            try RunObjectRows.write(skipped: plans, kind, source, of: identityProvider, on: connection)
        }
        if departments.contains(where: { !$0.isSkipped }) { try PageWriting.tidy(identityProvider, on: connection) }
        let skipped = (people + departments).count(where: \.isSkipped)
        let reasons =
            (skipped > 0 ? [Self.skippedReason(skipped)] : [])
            + untouched(undoing, undone, selection.objects, people, departments)
        return over(Result(counts: counts(of: people, departments)), reasons)
    }

    /// Of how many nothing is undone at all: of those named, whom the run did not change; else, what is not kept.
    private func untouched(
        _ undoing: Undoing,
        _ undone: UndoneRun,
        _ objects: [DirectoryObject]?,
        _ people: [Undoing.Plan],
        _ departments: [Undoing.Plan]
    ) -> [String] {
        guard let objects else {
            let unknown = undone.changed - people.count - departments.count
            return unknown > 0 ? [Self.unknownReason(unknown)] : []
        }
        let unchanged =
            undoing.unchanged(.user, of: objects, but: people)
            + undoing.unchanged(.department, of: objects, but: departments)
        return unchanged > 0 ? [Self.unchangedReason(unchanged)] : []
    }

    /// Says what an undoing comes to that is too large to be planned.
    ///
    /// - Throws: ``PostgresError``.
    func undoingCounts(on connection: isolated Connection) throws -> RunCounts {
        guard let selection = run.selection else { return source.counts }
        let undoing = undoing(of: selection)
        return counts(
            of: try undoing.plans(.user, selection.objects, on: connection),
            try undoing.plans(.department, selection.objects, on: connection)
        )
    }

    /// By the time when it was asked for, so that a log that is read again comes to the same.
    private var beginningOfHistory: Timestamp {
        Timestamp(millisecondsSince1970: run.requestedAt.millisecondsSince1970 - Int64(historyDays) * 86_400_000)
    }

    private func undoing(of selection: HeldSelection) -> Undoing {
        Undoing(identityProvider: identityProvider, epoch: selection.upTo, run: run, time: source.time)
    }

    private func counts(of people: [Undoing.Plan], _ departments: [Undoing.Plan]) -> RunCounts {
        var counts = source.counts
        for plan in people { counts.users.undo(plan) }
        for plan in departments { counts.departments.undo(plan) }
        return counts
    }

    private func apply(
        _ undoing: Undoing,
        _ people: [Undoing.Plan],
        _ departments: [Undoing.Plan],
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        try undoing.putBack(departments: departments.keys(of: .putBack), on: connection)
        try undoing.putBack(people: people.keys(of: .putBack), on: connection)
        try Removing.removeUndone(
            people.keys(of: .remove),
            from: identityProvider,
            at: source.time,
            by: epoch,
            on: connection
        )
        try Removing.removeDepartments(
            departments.keys(of: .remove).compactMap { Int64($0) },
            from: identityProvider,
            at: source.time,
            by: epoch,
            on: connection
        )
        let (users, units) = (people.filter { !$0.isSkipped }, departments.filter { !$0.isSkipped })
        announcement.add(try undoing.told(departments: units, on: connection))
        let changes = try undoing.told(people: users, on: connection)
        announcement.add(changes)
        let gone = Set(users.filter { $0.isPresent && !$0.wasPresent }.map(\.externalID))
        announcement.note(removed: changes.filter { gone.contains($0.externalID) }, because: .undone)
        let closed = Set(units.filter { $0.isPresent && !$0.wasPresent }.map(\.object))
        announcement.note(
            removed: try undoing.told(departments: units.filter { closed.contains($0.object) }, on: connection),
            because: .undone
        )
    }

    /// Who has access again counts as lost no longer and is not asked for again; who has it no more counts.
    private func settle(
        _ kind: DirectoryObject.Kind,
        _ plans: [Undoing.Plan],
        _ surroundings: Surroundings,
        on connection: isolated Connection
    ) throws {
        let back = plans.filter { !$0.isPresent && $0.wasPresent }
        let gone = plans.filter { $0.isPresent && !$0.wasPresent }
        let hasAccess = plans.filter { $0.wasPresent && $0.wasEnabled && !($0.isPresent && $0.isEnabled) }
        let hasNone = plans.filter { $0.isPresent && $0.isEnabled && !($0.wasPresent && $0.wasEnabled) }
        try Losses.forget(kind, hasAccess.map(\.object), of: identityProvider, on: connection)
        try Losses.note(kind, hasNone.map(\.object), of: identityProvider, at: run.requestedAt, on: connection)
        try MissingRows.delete(gone.map { $0.missing(kind, since: moment) }, of: identityProvider, on: connection)
        let kept = back.map { $0.missing(kind, since: moment).kept(.rejected, in: surroundings) }
        try MissingRows.save(kept, of: identityProvider, in: epoch, on: connection)
    }

    private static func skippedReason(_ count: Int) -> String {
        "\(count) stay as they are: they were changed or deleted since, others have their user ids, or they are protected."
    }

    private static func unchangedReason(_ count: Int) -> String {
        "Of those named, that run did not change \(count)."
    }

    private static func unknownReason(_ count: Int) -> String {
        "What the run did to \(count) is not kept any more."
    }
}

extension Undoing.Plan {
    var isSkipped: Bool { reason != nil }

    /// Why it stays as it is.
    var reason: ChangeReason? {
        if case .skip(let reason) = step { reason } else { nil }
    }

    fileprivate func missing(_ kind: DirectoryObject.Kind, since moment: MissingObject.Moment) -> MissingObject {
        MissingObject(kind: kind, key: object, externalID: externalID, since: moment)
    }
}

extension [Undoing.Plan] {
    fileprivate func keys(of step: Undoing.Step) -> [String] { filter { $0.step == step }.map(\.object) }
}

extension RunCounts.Objects {
    /// Counts what becomes of an object: it is changed, gone, or unchanged.
    fileprivate mutating func undo(_ plan: Undoing.Plan) {
        if !plan.isSkipped, plan.isPresent, !plan.wasPresent {
            miss(1)
            removed += 1
            return
        }
        seen += 1
        if plan.isPresent { known += 1 }
        if plan.isSkipped { unchanged += 1 } else { updated += 1 }
    }
}
