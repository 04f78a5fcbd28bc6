/// What was looked at of what all services need, as its page shows it.
struct DoctorView: Sendable {
    struct Check: Sendable {
        let label: String
        let outcome: Badge
        let finding: Sentence
        let fix: Sentence?
    }

    let verdict: String
    let checks: [Check]

    init(_ results: [CheckResult], _ visit: Visit) {
        let texts = visit.texts
        let tones: [String: Badge.Tone] = ["passed": .good, "warning": .caution, "failed": .bad]
        checks = results.map { result in
            Check(
                label: texts.find("operations.check_\(result.check)") ?? result.check,
                outcome: Badge(
                    texts.find("operations.outcome_\(result.outcome)") ?? result.outcome,
                    tones[result.outcome] ?? .quiet
                ),
                finding: texts.sentence(result.finding),
                fix: result.fix.map(texts.sentence)
            )
        }
        let failed = results.filter { $0.outcome == "failed" }.count
        verdict = failed > 0 ? texts.counted("preflight.someFailed", failed) : texts["preflight.allWell"]
    }
}
