import Runtime
import Web

/// How many may lose access before somebody has to agree, who never does, and what each reason does, as a form shows it.
struct SafetyForm: Sendable {
    /// A limit in a window of time: at most so many, or such a share, whichever is more.
    struct Limit: Sendable {
        let name: String
        let label: String
        let count: String
        let percent: String
        /// Whether the registry refused what was typed there.
        let isCountWrong: Bool
        let isPercentWrong: Bool
    }

    struct Kind: Sendable {
        let kind: String
        let label: String
        let rule: String
        let limits: [Limit]
    }

    struct Reason: Sendable {
        let reason: String
        let label: String
        let choices: [Choice]
    }

    let base: String
    let version: String
    let kinds: [Kind]
    let reasons: [Reason]
    let protectedUsers: String
    let graceDays: String
    let heldDays: String
    let mayChange: Bool

    private static let reasonNames = ["leftCompany", "leftVisibleRange", "leftScope", "disabledInWeCom"]
    private static let windows = ["perRun", "perDay", "perWeek", "perMonth"]

    init(_ provider: IdentityProvider, _ visit: Visit) {
        let (form, limits) = (visit.form, provider.safetyLimits)
        base = "/idps/\(provider.id)"
        version = visit.version(now: provider.revision)
        kinds = [("people", limits.people), ("departments", limits.departments)].map { kind, limits in
            Kind(
                kind: kind,
                label: visit.texts["safety.\(kind)"],
                rule: visit.texts["safety.\(kind)Rule"],
                limits: Self.limits(of: kind, limits, visit)
            )
        }
        reasons = Self.reasons(limits.policies, visit)
        protectedUsers = form["protectedUsers"] ?? limits.protectedUsers.joined(separator: "\n")
        graceDays = form["graceDays"] ?? "\(limits.graceDays)"
        heldDays = form["heldDays"] ?? "\(limits.heldDays)"
        mayChange = visit.may(.admin)
    }

    private static func limits(of kind: String, _ limits: SafetyLimits.Limits, _ visit: Visit) -> [Limit] {
        let isTyped = visit.form["version"] != nil
        let all = [limits.perRun, limits.perDay, limits.perWeek, limits.perMonth]
        return zip(windows, all).map { window, limit in
            let name = "\(kind).\(window)"
            func shown(_ part: String, _ stored: Int?) -> String {
                isTyped ? visit.form["\(name).\(part)"] ?? "" : stored.map { "\($0)" } ?? ""
            }
            func isWrong(_ part: String) -> Bool {
                visit.problem?.errors.contains {
                    "safetyLimits.\(name).\(part)".hasPrefix($0.field) && $0.field.contains(name)
                } ?? false
            }
            return Limit(
                name: name,
                label: visit.texts["safety.\(window)"],
                count: shown("count", limit?.count),
                percent: shown("percent", limit?.percent),
                isCountWrong: isWrong("count"),
                isPercentWrong: isWrong("percent")
            )
        }
    }

    private static func reasons(_ policies: SafetyLimits.Policies, _ visit: Visit) -> [Reason] {
        let all = [
            policies.leftCompany, policies.leftVisibleRange, policies.leftScope, policies.disabledInWeCom,
        ]
        return zip(reasonNames, all).map { reason, stored in
            let chosen = visit.form["policy.\(reason)"] ?? stored
            // WeCom still has who is disabled there, so nobody is deleted.
            let policies = reason == "disabledInWeCom" ? ["disable", "keep"] : ["disable", "keep", "deleteAfterGrace"]
            return Reason(
                reason: reason,
                label: visit.texts["safety.\(reason)"],
                choices: policies.map {
                    Choice(value: $0, label: visit.texts["safety.\($0)"], isChosen: $0 == chosen)
                }
            )
        }
    }

    /// What the registry is asked for by such a form: a limit of which neither part is given is taken away.
    static func body(of form: FormFields) -> [String: JSON] {
        var limits: [String: JSON] = [
            "protectedUsers": .array((form["protectedUsers"] ?? "").entries.map(JSON.string)),
            "graceDays": number(form["graceDays"]), "heldDays": number(form["heldDays"]),
        ]
        for kind in ["people", "departments"] {
            limits[kind] = .object(
                Dictionary(
                    uniqueKeysWithValues: windows.map { ($0, limit(form, "\(kind).\($0)")) }
                )
            )
        }
        limits["policies"] = .object(
            Dictionary(uniqueKeysWithValues: reasonNames.map { ($0, .string(form["policy.\($0)"] ?? "")) })
        )
        return ["safetyLimits": .object(limits)]
    }

    private static func limit(_ form: FormFields, _ name: String) -> JSON {
        let (count, percent) = (form["\(name).count"] ?? "", form["\(name).percent"] ?? "")
        guard !count.isEmpty || !percent.isEmpty else { return .null }
        var limit: [String: JSON] = [:]
        if !count.isEmpty { limit["count"] = number(count) }
        if !percent.isEmpty { limit["percent"] = number(percent) }
        return .object(limit)
    }

    /// What is no number goes as it is, so that the registry says what is wrong with it.
    private static func number(_ text: String?) -> JSON {
        text.flatMap { Int64($0.trimming) }.map(JSON.integer) ?? .string(text ?? "")
    }
}
