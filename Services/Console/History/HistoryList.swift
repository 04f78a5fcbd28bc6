/// What became of a person or a department, the newest first.
struct HistoryList: Sendable {
    struct Entry: Sendable {
        let at: Moment
        let what: Badge
        let why: String?
        let hold: String?
        let run: String?
        let runTitle: String?
        /// The person as they were from then on.
        let then: String?
        let changes: [ValueChange]
        let hasChanges: Bool
    }

    let base: String
    let shownName: String
    let externalID: String?
    /// The person's page, while the directory has them.
    let present: String?
    let isPerson: Bool
    let past: PastChoice?
    let entries: [Entry]
    let next: String?

    init(
        of subject: HistorySubject,
        _ page: Listed<HistoryEntry>,
        _ departments: DepartmentNames,
        _ provider: IdentityProvider,
        _ visit: Visit
    ) {
        let told = ValueChanges(provider, departments, visit)
        base = "/idps/\(provider.id)"
        shownName = subject.name
        externalID = subject.externalID
        present = subject.present
        isPerson = subject.past != nil
        past = subject.past.map { PastChoice(path: $0, typed: nil) }
        entries = page.items.map { entry in
            let changes = told.told(entry.before, entry.after)
            return Entry(
                at: Moment(entry.at, visit),
                what: Badge(change: entry.change, visit.texts),
                why: entry.reason.map { visit.texts["run.reason_\($0)"] },
                hold: entry.hold.map { visit.texts["run.hold_\($0)"] },
                run: entry.run.map { "/runs/\($0)" },
                runTitle: entry.epoch.map { visit.texts["history.run", ["number": "\($0)"]] },
                then: entry.change == "deleted" ? nil : subject.past.map { PastTime.path($0, at: entry.at) },
                changes: changes,
                hasChanges: !changes.isEmpty
            )
        }
        next = visit.next(page.nextCursor)
    }
}

/// Whose history is told.
struct HistorySubject: Sendable {
    let name: String
    let externalID: String?
    /// The page of it as it is now, if it is there.
    let present: String?
    /// Where a person is shown as of another time; nil for a department.
    let past: String?
}

extension Badge {
    /// What was done to an object.
    init(change: String, _ texts: Texts) {
        let tones: [String: Tone] = [
            "created": .good, "restored": .good, "updated": .busy, "disabled": .caution, "held": .caution,
            "rejected": .caution, "removed": .bad, "deleted": .bad,
        ]
        self.init(texts["run.list_\(change)"], tones[change] ?? .quiet)
    }
}
