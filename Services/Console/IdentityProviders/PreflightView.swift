/// What a preflight found.
struct PreflightView: Sendable {
    struct Check: Sendable {
        let label: String
        let outcome: Badge
        let finding: Sentence
        let fix: Sentence?
        let actor: String?
        let code: Int?
    }

    let base: String
    let mayLook: Bool
    let checkedAt: Moment?
    let caller: String?
    let verdict: String?
    let checks: [Check]

    init(_ provider: IdentityProvider, _ found: Preflight?, _ visit: Visit) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        mayLook = visit.may(.operator)
        checkedAt = found.map { Moment($0.checkedAt, visit) }
        caller = found?.callerAddress
        let tones: [String: Badge.Tone] = ["passed": .good, "warning": .caution, "failed": .bad]
        checks = (found?.checks ?? []).map { check in
            Check(
                label: texts["preflight.\(check.name)"],
                outcome: Badge(texts["preflight.outcome_\(check.outcome)"], tones[check.outcome] ?? .quiet),
                finding: texts.sentence(check.finding),
                fix: check.fix.map(texts.sentence),
                actor: check.whoActs.map { texts["actor.\($0)"] },
                code: check.wecomCode
            )
        }
        let failed = found?.checks.filter { $0.outcome == "failed" }.count ?? 0
        verdict = found.map { found in
            if failed > 0 { return texts.counted("preflight.someFailed", failed) }
            return found.isComplete ? texts["preflight.allWell"] : texts["preflight.incomplete"]
        }
    }
}
