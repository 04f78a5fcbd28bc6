/// A run's report: how it went, what it did to whom, and what waits for a decision.
struct RunReport: Sendable {
    struct Count: Sendable {
        let label: String
        let people: String
        let departments: String
        /// The list behind the figures.
        let link: String?
        let isShown: Bool
    }

    struct Object: Sendable {
        /// What a box to tick says of it.
        let choice: String
        let isPerson: Bool
        let externalID: String
        let link: String?
        let name: String?
        let reason: String?
        let hold: String?
    }

    struct Problem: Sendable {
        let kind: String
        let field: String
        let fault: String
        let count: String
        let objects: String
    }

    struct Stage: Sendable {
        let name: String
        let label: String
        let done: Int
        let of: Int?
    }

    let base: String?
    let path: String
    let row: RunRow
    let startedAt: Moment?
    let finishedAt: Moment?
    let reasons: [Sentence]
    let code: Int?
    let successor: String?
    let isOver: Bool
    let stages: [Stage]
    let counts: [Count]
    let problems: [Problem]
    let show: String?
    let shownTitle: String?
    let objects: [Object]
    let hasReused: Bool
    let isListKept: Bool
    let next: String?
    let mayCancel: Bool
    let mayDecide: Bool
    let mayUndo: Bool
    let explanation: String?

    /// The changes that lists are kept of.
    private static let changes = [
        "created", "updated", "disabled", "restored", "removed", "held", "rejected", "skipped",
    ]

    /// Which list is shown: the one that was asked for, else the one that needs somebody, else the first with anything.
    static func list(_ wanted: String?, of run: Run) -> String? {
        if let wanted, changes.contains(wanted) { return wanted }
        let (users, departments) = (run.counts.users, run.counts.departments)
        if run.outcome == .held || users.held + departments.held > 0 { return "held" }
        return ["removed", "created", "updated", "rejected"].first { figure($0, users) + figure($0, departments) > 0 }
    }

    private static func figure(_ change: String, _ counts: Run.ObjectCounts) -> Int {
        switch change {
        case "created": counts.created
        case "updated": counts.updated
        case "rejected": counts.rejected
        case "removed": counts.removed
        case "held": counts.held
        default: 0
        }
    }

    init(
        _ run: Run,
        _ provider: IdentityProvider?,
        _ show: String?,
        _ page: Listed<RunObject>?,
        _ visit: Visit
    ) {
        let texts = visit.texts
        base = provider.map { "/idps/\($0.id)" }
        path = "/runs/\(run.id)"
        row = RunRow(run, visit)
        startedAt = run.startedAt.map { Moment($0, visit) }
        finishedAt = run.finishedAt.map { Moment($0, visit) }
        reasons = run.reasons.map(texts.sentence)
        code = run.errorCode
        successor = run.restartedAs.map { "/runs/\($0)" }
        isOver = run.state == .finished
        stages = Self.stages(run.progress, texts)
        counts = Self.counts(run, show, texts)
        problems = (run.fieldReports ?? []).map { Self.problem($0, texts) }
        self.show = show
        shownTitle = show.map { texts["run.list_\($0)"] }
        objects = (page?.items ?? []).map { Self.object($0, provider, texts) }
        hasReused = page?.items.contains { $0.hold == "reused" } ?? false
        isListKept = page != nil
        next = visit.next(page?.nextCursor)
        mayCancel = run.state != .finished && run.kind != "delete" && visit.may(.operator)
        mayDecide = run.outcome == .held && !run.dryRun && visit.may(.admin)
        mayUndo =
            run.state == .finished && !run.dryRun && visit.may(.admin) && run.kind != "delete"
            && [run.counts.users, run.counts.departments].contains { $0.created + $0.updated + $0.removed > 0 }
        explanation = run.outcome.map { texts["run.\($0.rawValue)Why"] }
    }

    private static func stages(_ progress: Run.Progress, _ texts: Texts) -> [Stage] {
        [
            Stage(
                name: "departmentsRead",
                label: texts["run.stageDepartments"],
                done: progress.departmentsRead,
                of: progress.departmentsExpected
            ),
            Stage(name: "usersSeen", label: texts["run.stagePeople"], done: progress.usersSeen, of: nil),
            Stage(
                name: "pagesApplied",
                label: texts["run.stagePages"],
                done: progress.pagesApplied,
                of: progress.pages
            ),
        ]
    }

    private static func counts(_ run: Run, _ show: String?, _ texts: Texts) -> [Count] {
        let (users, departments) = (run.counts.users, run.counts.departments)
        let figures: [(String, KeyPath<Run.ObjectCounts, Int>)] = [
            ("seen", \.seen), ("created", \.created), ("updated", \.updated), ("unchanged", \.unchanged),
            ("rejected", \.rejected), ("missing", \.missing), ("present", \.present), ("removed", \.removed),
            ("held", \.held), ("unknown", \.unknown),
        ]
        return figures.map { name, path in
            let sum = users[keyPath: path] + departments[keyPath: path]
            return Count(
                label: texts["run.count_\(name)"],
                people: texts.number(users[keyPath: path]),
                departments: texts.number(departments[keyPath: path]),
                link: changes.contains(name) && sum > 0 ? "/runs/\(run.id)?show=\(name)" : nil,
                isShown: show == name
            )
        }
    }

    private static func problem(_ report: Run.FieldReport, _ texts: Texts) -> Problem {
        Problem(
            kind: texts["run.\(report.objectKind)"],
            field: report.field,
            fault: texts["run.fault_\(report.kind)"],
            count: texts.number(report.count),
            objects: report.objects.prefix(10).joined(separator: ", ")
        )
    }

    private static func object(_ object: RunObject, _ provider: IdentityProvider?, _ texts: Texts) -> Object {
        let isPerson = object.kind == "user"
        return Object(
            choice: "\(object.kind):\(object.externalID)",
            isPerson: isPerson,
            externalID: object.externalID,
            link: isPerson ? provider.map { PersonPage.path($0.id, object.externalID) } : nil,
            name: object.name,
            reason: object.reason.map { texts["run.reason_\($0)"] },
            hold: object.hold.map { texts["run.hold_\($0)"] }
        )
    }
}
