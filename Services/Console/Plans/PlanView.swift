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

    struct Value: Sendable {
        let label: String
        let before: String
        let after: String
    }

    struct Object: Sendable {
        let name: String?
        let kind: String
        let externalID: String
        let change: String?
        let why: String?
        let values: [Value]
        /// What would be done by now, beside what is planned.
        let found: String?
    }

    let path: String
    let run: RunRow
    let standing: Badge
    let sentence: String
    let expiresAt: Moment
    let counts: [Count]
    let shownTitle: String
    let allPath: String?
    let objects: [Object]
    let isDifference: Bool
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

    init(_ run: Run, _ plan: Plan, objects page: Listed<PlannedObject>, _ visit: Visit) {
        let texts = visit.texts
        let objects = page.items.map { object in
            Object(
                name: object.name,
                kind: texts["run.\(object.kind)"],
                externalID: object.externalID,
                change: texts["run.list_\(object.change)"],
                why: Self.why(object, texts),
                values: Self.values(object, texts),
                found: nil
            )
        }
        self.init(run, plan, objects, isDifference: false, next: page.nextCursor, visit)
    }

    init(_ run: Run, _ plan: Plan, differences page: Listed<PlanDifference>, _ visit: Visit) {
        let texts = visit.texts
        let objects = page.items.map { difference in
            let (planned, found) = (difference.planned, difference.found)
            return Object(
                name: difference.name,
                kind: texts["run.\(difference.kind)"],
                externalID: difference.externalID,
                change: planned.map { texts["run.list_\($0.change)"] } ?? texts["plan.nothing"],
                why: (found ?? planned).flatMap { Self.why($0, texts) },
                values: Self.differing(planned, found, texts),
                found: found.map { texts["run.list_\($0.change)"] } ?? texts["plan.nothing"]
            )
        }
        self.init(run, plan, objects, isDifference: true, next: page.nextCursor, visit)
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
        let tones: [Plan.State: Badge.Tone] = [.ready: .good, .carriedOut: .quiet, .expired: .caution, .tooLarge: .bad]
        standing = Badge(texts["plan.\(plan.state.rawValue)"], tones[plan.state] ?? .quiet)
        sentence = texts["plan.\(isDifference ? "differs" : plan.state.rawValue + "Why")"]
        expiresAt = Moment(plan.expiresAt, visit)
        let base = "/runs/\(run.id)/plan"
        counts = Self.changes.compactMap { name in
            let (people, departments) = (plan.users[name] ?? 0, plan.departments[name] ?? 0)
            guard people + departments > 0 else { return nil }
            return Count(
                label: texts["run.list_\(name)"],
                people: texts.number(people),
                departments: texts.number(departments),
                link: "\(base)?change=\(name)",
                isShown: change == name
            )
        }
        let list = change.map { texts["run.list_\($0)"] } ?? texts["plan.all"]
        shownTitle = isDifference ? texts["plan.differences"] : list
        allPath = change == nil ? nil : base
        self.objects = objects
        self.isDifference = isDifference
        self.next = visit.next(next)
        planOf = plan.planOf.map { "/runs/\($0)" }
        carriedOutBy = plan.carriedOutBy.map { "/runs/\($0)" }
        let isDecision = ["apply", "reject", "undo"].contains(run.kind)
        mayApply = plan.state == .ready && visit.may(isDecision ? .admin : .operator)
        let people = Self.changing.reduce(0) { $0 + (plan.users[$1] ?? 0) }
        applyLabel = texts["plan.apply", ["people": texts.number(people)]]
    }

    /// What changes somebody's row.
    private static let changing = ["created", "updated", "disabled", "restored", "removed"]

    private static func why(_ object: PlannedObject, _ texts: Texts) -> String? {
        let parts = [object.reason.map { texts["run.reason_\($0)"] }, object.hold.map { texts["run.hold_\($0)"] }]
        let why = parts.compactMap(\.self).joined(separator: ", ")
        return why.isEmpty ? nil : why
    }

    /// What is other before and after; of who is new, all that there is.
    private static func values(_ object: PlannedObject, _ texts: Texts) -> [Value] {
        let (before, after) = (object.before ?? [:], object.after ?? [:])
        return Set(before.keys).union(after.keys).sorted().map { name in
            Value(label: label(name, texts), before: text(before[name]), after: text(after[name]))
        }.filter { $0.before != $0.after }
    }

    /// What becomes of an object by the plan, beside what would become of it by now.
    private static func differing(_ planned: PlannedObject?, _ found: PlannedObject?, _ texts: Texts) -> [Value] {
        let (then, now) = (planned?.after ?? [:], found?.after ?? [:])
        return Set(then.keys).union(now.keys).sorted().map { name in
            Value(label: label(name, texts), before: text(then[name]), after: text(now[name]))
        }.filter { $0.before != $0.after }
    }

    private static func label(_ name: String, _ texts: Texts) -> String {
        texts.find("directory.\(name)") ?? texts.find("field.\(name)") ?? name
    }

    private static func text(_ value: JSON?) -> String {
        // Of a person's departments the numbers tell enough.
        if case .array(let elements)? = value, !elements.isEmpty {
            let ids = elements.compactMap { element -> String? in
                guard case .object(let members) = element, case .integer(let id)? = members["id"] else { return nil }
                return String(id)
            }
            if ids.count == elements.count { return ids.joined(separator: ", ") }
        }
        let lines = value?.lines ?? []
        return lines.isEmpty ? "–" : lines.joined(separator: "\n")
    }
}
