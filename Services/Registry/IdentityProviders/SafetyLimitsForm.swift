import Messages
import Runtime

/// What a request says of the safety limits; what it leaves out, at whatever depth, is nil and stays as it is.
struct SafetyLimitsForm: Sendable {
    var people: LossLimitsForm?
    var departments: LossLimitsForm?
    var policies: LossPoliciesForm?
    var protectedUsers: [String]?
    var graceDays: Int?
    var heldDays: Int?

    /// The members of `safetyLimits`.
    static let rule = Form.object { form throws(Mistakes) -> SafetyLimitsForm? in
        SafetyLimitsForm(
            people: form.optional("people", LossLimitsForm.rule),
            departments: form.optional("departments", LossLimitsForm.rule),
            policies: form.optional("policies", LossPoliciesForm.rule),
            protectedUsers: form.optional("protectedUsers", protectedUsers),
            graceDays: form.optional("graceDays", .integer(in: 0...3_650, of: "days")),
            heldDays: form.optional("heldDays", .integer(in: 1...90, of: "days"))
        )
    }

    private static let protectedUsers = ObjectRules.userID.list(upTo: SafetyLimits.mostProtectedUsers)
        .then { $0.withoutRepetitions }

    /// Changes what the request gives. Throws ``Problem`` 400 when a limit would be half of one.
    func apply(to limits: inout SafetyLimits) throws {
        var mistakes: [FieldError] = []
        people?.apply(to: &limits.people, &mistakes, within: "safetyLimits.people")
        departments?.apply(to: &limits.departments, &mistakes, within: "safetyLimits.departments")
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes) }
        policies?.apply(to: &limits.policies)
        limits.protectedUsers = protectedUsers ?? limits.protectedUsers
        limits.graceDays = graceDays ?? limits.graceDays
        limits.heldDays = heldDays ?? limits.heldDays
    }
}

/// What a request says of one kind of objects; null takes a limit away.
struct LossLimitsForm: Sendable {
    var perRun: LossLimitForm??
    var perDay: LossLimitForm??
    var perWeek: LossLimitForm??
    var perMonth: LossLimitForm??

    static let rule = Form.object { form throws(Mistakes) -> LossLimitsForm? in
        LossLimitsForm(
            perRun: form.optional("perRun", LossLimitForm.rule.orNull),
            perDay: form.optional("perDay", LossLimitForm.rule.orNull),
            perWeek: form.optional("perWeek", LossLimitForm.rule.orNull),
            perMonth: form.optional("perMonth", LossLimitForm.rule.orNull)
        )
    }

    func apply(to limits: inout LossLimits, _ mistakes: inout [FieldError], within field: String) {
        Self.apply(perRun, to: &limits.perRun, &mistakes, within: "\(field).perRun")
        Self.apply(perDay, to: &limits.perDay, &mistakes, within: "\(field).perDay")
        Self.apply(perWeek, to: &limits.perWeek, &mistakes, within: "\(field).perWeek")
        Self.apply(perMonth, to: &limits.perMonth, &mistakes, within: "\(field).perMonth")
    }

    private static func apply(
        _ form: LossLimitForm??,
        to limit: inout LossLimit?,
        _ mistakes: inout [FieldError],
        within field: String
    ) {
        guard let form else { return }
        guard let form else {
            limit = nil
            return
        }
        let (count, percent) = (form.count ?? limit?.count, form.percent ?? limit?.percent)
        if let count, let percent {
            limit = LossLimit(count: count, percent: percent)
        } else {
            let missing = count == nil ? "count" : "percent"
            let message = "This field is missing: there was no limit before, so give count and percent."
            mistakes.append(FieldError("\(field).\(missing)", message))
        }
    }
}

/// What a request says of one limit.
struct LossLimitForm: Sendable {
    var count: Int?
    var percent: Int?

    static let rule = Form.object { form throws(Mistakes) -> LossLimitForm? in
        LossLimitForm(
            count: form.optional("count", .integer(in: 0...10_000_000)),
            percent: form.optional("percent", .integer(in: 0...100))
        )
    }
}

/// What a request says of what each reason does.
struct LossPoliciesForm: Sendable {
    var leftCompany: LossPolicy?
    var leftVisibleRange: LossPolicy?
    var leftScope: LossPolicy?
    var disabledInWeCom: LossPolicy?

    static let rule = Form.object { form throws(Mistakes) -> LossPoliciesForm? in
        LossPoliciesForm(
            leftCompany: form.optional("leftCompany", Rule<LossPolicy>.word),
            leftVisibleRange: form.optional("leftVisibleRange", Rule<LossPolicy>.word),
            leftScope: form.optional("leftScope", Rule<LossPolicy>.word),
            disabledInWeCom: form.optional("disabledInWeCom", ofDisabled)
        )
    }

    private static let ofDisabled = Rule<LossPolicy>.word.then { policy throws(Mistakes) in
        guard policy != .deleteAfterGrace else {
            throw Mistakes("WeCom still has who is disabled there, so nobody is deleted. Give \"disable\" or \"keep\".")
        }
        return policy
    }

    func apply(to policies: inout LossPolicies) {
        policies.leftCompany = leftCompany ?? policies.leftCompany
        policies.leftVisibleRange = leftVisibleRange ?? policies.leftVisibleRange
        policies.leftScope = leftScope ?? policies.leftScope
        policies.disabledInWeCom = disabledInWeCom ?? policies.disabledInWeCom
    }
}
