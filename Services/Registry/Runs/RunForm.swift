import Messages
import Runtime

/// What a request for a run may say.
struct RunForm: Sendable, Equatable {
    /// What is synchronised; nil for what the settings say.
    var work: RunWork?
    /// Whether nothing is written to the directory.
    var isDryRun = false

    /// The body of a new run.
    static var rule: Rule<RunForm> {
        Rule<RunForm> { json throws(Mistakes) in
            var form = try Form(json)
            let kind = form.optional("kind", Rule<Kind>.word)
            let work = read(&form, kind, isKindGiven: isGiven("kind", in: json))
            let isDryRun = form.optional("dryRun", .boolean) ?? false
            try form.finish()
            return RunForm(work: work, isDryRun: isDryRun)
        }
    }

    private enum Kind: String, CaseIterable { case full, repair, departments, department, user, replay }

    private static func isGiven(_ name: String, in json: JSON) -> Bool {
        guard case .object(let fields) = json else { return false }
        return fields[name] != nil
    }

    private static func read(_ form: inout Form, _ kind: Kind?, isKindGiven: Bool) -> RunWork? {
        let department = read(&form, "department", .department, kind, isKindGiven, ObjectRules.departmentID)
        let user = read(&form, "user", .user, kind, isKindGiven, ObjectRules.userID)
        let includesBelow = form.optional("includesBelow", .boolean)
        if includesBelow != nil, kind != .department, kind != nil || !isKindGiven {
            form.add("Leave it out, or give \"kind\": \"department\".", to: "includesBelow")
        }
        switch kind {
        case .full: return .full
        case .repair: return .repair
        case .departments: return .departments
        case .replay: return .replay
        case .department:
            return department.map { .objects(RunTarget(departments: [$0], includesBelow: includesBelow ?? false)) }
        case .user: return user.map { .objects(RunTarget(users: [$0])) }
        case nil: return nil
        }
    }

    /// A field that its kind needs and that no other has; of a kind that is none nothing is known.
    private static func read<Value>(
        _ form: inout Form,
        _ name: String,
        _ needed: Kind,
        _ kind: Kind?,
        _ isKindGiven: Bool,
        _ rule: Rule<Value>
    ) -> Value? {
        if kind == needed { return form.required(name, rule) }
        if kind == nil, isKindGiven { return form.optional(name, rule) }
        form.forbidden(name, "Leave it out, or give \"kind\": \"\(needed.rawValue)\".")
        return nil
    }
}
