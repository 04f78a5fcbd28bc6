import Runtime

/// What a run did to whom, before and after.
struct RunObjectList: Sendable {
    struct Row: Sendable {
        /// What a box to tick says of it.
        let choice: String
        let label: String
        /// Whether people call it so, rather than we.
        let isNamed: Bool
        let externalID: String
        let link: String?
        let history: String?
        let what: Badge
        let reason: String?
        let hold: String?
        let changes: [ValueChange]
        let hasChanges: Bool
    }

    let show: String
    let changes: [Choice]
    let kinds: [Choice]
    let rows: [Row]
    let isKept: Bool
    let hasReused: Bool
    /// Whether what is shown can be decided about.
    let isDecidable: Bool
    let csv: String
    let jsonLines: String
    let next: String?

    /// - Parameter page: Nil where the directory keeps nothing of the run, or does not answer.
    init(
        of run: Run,
        _ filter: RunObjectFilter,
        _ page: Listed<RunObject>?,
        _ departments: DepartmentNames,
        _ provider: IdentityProvider?,
        _ visit: Visit
    ) {
        let texts = visit.texts
        let told = ValueChanges(provider, departments, visit)
        let items = page?.items ?? []
        show = filter.change ?? RunObjectFilter.all
        changes = ([RunObjectFilter.all] + RunObject.changes).map {
            Choice(value: $0, label: texts["run.list_\($0)"], isChosen: $0 == filter.change ?? RunObjectFilter.all)
        }
        kinds = ([RunObjectFilter.all] + RunObject.kinds).map {
            Choice(value: $0, label: texts["run.kinds_\($0)"], isChosen: $0 == filter.kind ?? RunObjectFilter.all)
        }
        rows = items.map { Self.row($0, told, provider, texts) }
        isKept = page != nil
        hasReused = items.contains { $0.hold == "reused" }
        isDecidable = run.outcome == .held && !run.dryRun && filter.change == "held" && visit.may(.admin)
        csv = PercentEncoding.url("/runs/\(run.id)/objects/export", [("format", "csv")] + filter.query)
        jsonLines = PercentEncoding.url("/runs/\(run.id)/objects/export", [("format", "jsonl")] + filter.query)
        next = visit.next(page?.nextCursor)
    }

    private static func row(
        _ object: RunObject,
        _ told: ValueChanges,
        _ provider: IdentityProvider?,
        _ texts: Texts
    ) -> Row {
        let isPerson = object.kind == "user"
        let changes = told.told(object.before, object.after)
        return Row(
            choice: "\(object.kind):\(object.externalID)",
            label: object.name ?? texts["run.\(object.kind)"],
            isNamed: object.name != nil,
            externalID: object.externalID,
            link: isPerson && object.name != nil
                ? provider.map { PersonPage.path($0.id, object.externalID) } : nil,
            history: provider.flatMap { provider in
                isPerson
                    ? object.userID.map { HistoryPages.path(provider.id, person: $0) }
                    : HistoryPages.path(provider.id, department: object.externalID)
            },
            what: Badge(change: object.change, texts),
            reason: object.reason.map { texts["run.reason_\($0)"] },
            hold: object.hold.map { texts["run.hold_\($0)"] },
            changes: changes,
            hasChanges: !changes.isEmpty
        )
    }
}
