import Runtime
import Web

/// A plan as the page shows it: figures that lead to lists, and each object with what is other before and after.
struct PlanView: Sendable {
    struct Count: Sendable {
        let label: String
        let people: String
        let departments: String
        let link: String
        let isShown: Bool
    }

    struct Object: Sendable {
        let name: String?
        let kind: String
        let externalID: String
        let change: Badge
        let why: String?
        let values: [ValueChange]
        let hasValues: Bool
        /// What would be done by now, beside what is planned.
        let found: Badge?
    }

    let path: String
    let run: RunRow
    /// Nil for a replay's plan, which is there to be looked at alone.
    let standing: Badge?
    let sentence: String
    let expiresAt: Moment?
    let counts: [Count]
    let shownTitle: String
    let allPath: String?
    let objects: [Object]
    /// What values are told beside each other: before and after, or by the plan and now.
    let beforeTitle: String
    let afterTitle: String
    let next: String?
    let planOf: String?
    let carriedOutBy: String?
    let mayApply: Bool
    let applyLabel: String

    /// What may become of an object, as plans list it.
    private static let changes = [
        "created", "updated", "disabled", "restored", "removed", "held", "rejected", "skipped",
    ]

    /// The change that is asked for; nil for all.
    static func change(_ visit: Visit) -> String? { visit.query["change"].flatMap { changes.contains($0) ? $0 : nil } }

    /// The kind that is asked for; nil for both.
    static func kind(_ visit: Visit) -> String? {
        visit.query["kind"].flatMap { ["user", "department"].contains($0) ? $0 : nil }
    }

    init(_ run: Run, _ plan: Plan, objects page: Listed<PlannedObject>, _ told: ValueChanges, _ visit: Visit) {
        let objects = page.items.map { object in
            Self.object(
                (object.name, object.kind, object.externalID),
                Badge(change: object.change, visit.texts),
                object,
                told.told(object.before, object.after),
                visit.texts
            )
        }
        self.init(run, plan, objects, isDifference: false, next: page.nextCursor, visit)
    }

    init(_ run: Run, _ plan: Plan, differences page: Listed<PlanDifference>, _ told: ValueChanges, _ visit: Visit) {
        let nothing = Badge(visit.texts["plan.nothing"], .quiet)
        let objects = page.items.map { difference in
            let (planned, found) = (difference.planned, difference.found)
            let (then, now) = difference.values
            return Self.object(
                (difference.name, difference.kind, difference.externalID),
                planned.map { Badge(change: $0.change, visit.texts) } ?? nothing,
                found ?? planned,
                told.told(then, now),
                found: found.map { Badge(change: $0.change, visit.texts) } ?? nothing,
                visit.texts
            )
        }
        self.init(run, plan, objects, isDifference: true, next: page.nextCursor, visit)
    }

    private static func object(
        _ identity: (name: String?, kind: String, externalID: String),
        _ change: Badge,
        _ reasoned: PlannedObject?,
        _ changes: [ValueChange],
        found: Badge? = nil,
        _ texts: Texts
    ) -> Object {
        let values = changes.filter { $0.before != $0.after }
        return Object(
            name: identity.name,
            kind: texts["run.\(identity.kind)"],
            externalID: identity.externalID,
            change: change,
            why: reasoned.flatMap { why($0, texts) },
            values: values,
            hasValues: !values.isEmpty,
            found: found
        )
    }

    private init(
        _ run: Run,
        _ plan: Plan,
        _ objects: [Object],
        isDifference: Bool,
        next: String?,
        _ visit: Visit
    ) {
        let (texts, change) = (visit.texts, Self.change(visit))
        path = "/runs/\(run.id)"
        self.run = RunRow(run, visit)
        let isReplay = run.kind == "replay"
        standing = isReplay ? nil : Self.standing(plan.state, texts)
        let why = isReplay && plan.state != .tooLarge ? "replayWhy" : "\(plan.state.rawValue)Why"
        sentence = texts["plan.\(isDifference ? "differs" : why)"]
        expiresAt = isReplay ? nil : Moment(plan.expiresAt, visit)
        let base = "/runs/\(run.id)/plan"
        counts = Self.counts(plan, shown: change, base, texts)
        let list = change.map { texts["run.list_\($0)"] } ?? texts["plan.all"]
        shownTitle = isDifference ? texts["plan.differences"] : list
        allPath = change == nil ? nil : base
        self.objects = objects
        beforeTitle = texts[isDifference ? "plan.byPlan" : "history.before"]
        afterTitle = texts[isDifference ? "plan.now" : "history.after"]
        self.next = visit.next(next)
        planOf = plan.planOf.map { "/runs/\($0)" }
        carriedOutBy = plan.carriedOutBy.map { "/runs/\($0)" }
        let isDecision = ["apply", "reject", "undo"].contains(run.kind)
        mayApply = plan.state == .ready && !isReplay && visit.may(isDecision ? .admin : .operator)
        let people = Self.changing.reduce(0) { $0 + (plan.users[$1] ?? 0) }
        applyLabel = texts.counted("plan.apply", people, as: "people")
    }

    private static func standing(_ state: Plan.State, _ texts: Texts) -> Badge {
        let tones: [Plan.State: Badge.Tone] = [.ready: .good, .carriedOut: .quiet, .expired: .caution, .tooLarge: .bad]
        return Badge(texts["plan.\(state.rawValue)"], tones[state] ?? .quiet)
    }

    private static func counts(_ plan: Plan, shown: String?, _ base: String, _ texts: Texts) -> [Count] {
        changes.compactMap { name in
            let (people, departments) = (plan.users[name] ?? 0, plan.departments[name] ?? 0)
            guard people + departments > 0 else { return nil }
            return Count(
                label: texts["run.list_\(name)"],
                people: texts.number(people),
                departments: texts.number(departments),
                link: "\(base)?change=\(name)",
                isShown: shown == name
            )
        }
    }

    /// What changes somebody's row.
    private static let changing = ["created", "updated", "disabled", "restored", "removed"]

    private static func why(_ object: PlannedObject, _ texts: Texts) -> String? {
        let parts = [object.reason.map { texts["run.reason_\($0)"] }, object.hold.map { texts["run.hold_\($0)"] }]
        let why = parts.compactMap(\.self).joined(separator: ", ")
        return why.isEmpty ? nil : why
    }
}
