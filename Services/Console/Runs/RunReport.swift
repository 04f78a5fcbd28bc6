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
    /// Whether there are stages or how long it took to tell of.
    let hasFacts: Bool
    let counts: [Count]
    let hasCounts: Bool
    let problems: [Problem]
    /// Whether it read anything whose fields could have been wrong.
    let tellsProblems: Bool
    /// What it did to whom; nil where it has done nothing.
    let list: RunObjectList?
    let mayCancel: Bool
    let mayDecide: Bool
    let mayUndo: Bool
    let explanation: String?
    let plan: String?
    let planLabel: String

    init(
        _ run: Run,
        _ provider: IdentityProvider?,
        _ list: RunObjectList?,
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
        stages = Self.stages(of: run, texts)
        hasFacts = !stages.isEmpty || row.duration != nil
        counts = Self.counts(run, list?.show, texts)
        hasCounts = !counts.isEmpty
        problems = (run.fieldReports ?? []).map { Self.problem($0, texts) }
        tellsProblems = !problems.isEmpty || run.hasRead
        self.list = list
        mayCancel = run.state != .finished && run.kind != "delete" && visit.may(.operator)
        mayDecide = run.outcome == .held && !run.dryRun && visit.may(.admin)
        mayUndo =
            run.state == .finished && !run.dryRun && visit.may(.admin) && run.kind != "delete"
            && [run.counts.users, run.counts.departments].contains { $0.created + $0.updated + $0.removed > 0 }
        explanation = run.dryRun && run.hasPlan ? nil : run.outcome.map { Self.explanation($0, of: run.kind, texts) }
        plan = run.hasPlan ? "/runs/\(run.id)/plan" : nil
        planLabel = texts[run.dryRun ? "plan.link" : "plan.linkDiffers"]
    }

    /// A decision and an undoing have words of their own, as they take nothing over from WeCom.
    private static func explanation(_ outcome: Run.Outcome, of kind: String, _ texts: Texts) -> String {
        texts.find("run.\(outcome.rawValue)Why_\(kind)") ?? texts["run.\(outcome.rawValue)Why"]
    }

    /// Of a run that is over, only what it came to.
    private static func stages(of run: Run, _ texts: Texts) -> [Stage] {
        let progress = run.progress
        let stages = [
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
        return stages.filter { $0.done > 0 || ($0.of ?? 0) > 0 || (run.state != .finished && !run.isDecision) }
    }

    private static func counts(_ run: Run, _ show: String?, _ texts: Texts) -> [Count] {
        let (users, departments) = (run.counts.users, run.counts.departments)
        let figures: [(String, KeyPath<Run.ObjectCounts, Int>)] = [
            ("seen", \.seen), ("created", \.created), ("updated", \.updated), ("unchanged", \.unchanged),
            ("rejected", \.rejected), ("missing", \.missing), ("present", \.present), ("removed", \.removed),
            ("held", \.held), ("unknown", \.unknown),
        ]
        return figures.compactMap { name, path in
            let sum = users[keyPath: path] + departments[keyPath: path]
            // Where nothing was read, what is nought says nothing.
            guard sum > 0 || run.hasRead else { return nil }
            return Count(
                label: texts["run.count_\(name)"],
                people: texts.number(users[keyPath: path]),
                departments: texts.number(departments[keyPath: path]),
                link: RunObject.changes.contains(name) && sum > 0 ? "/runs/\(run.id)?show=\(name)" : nil,
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
}
