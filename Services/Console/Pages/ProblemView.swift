import Runtime

/// A refusal, as pages show it: by its kind, and below it what the service says of this time.
struct ProblemView: Sendable {
    struct Field: Sendable {
        let label: String
        let rule: String?
        let message: Sentence
    }

    let text: String
    let detail: Sentence?
    let fix: Sentence?
    let fields: [Field]
    /// What somebody else changed meanwhile.
    let storedNow: StoredNow?

    init(_ problem: APIProblem, _ texts: Texts) {
        text =
            texts.find("problem.\(problem.slug)") ?? texts.find("problem.status\(problem.status)")
            ?? texts["problem.other"]
        // Each field says so itself; and of what changed meanwhile the page shows more than a program is told.
        detail = problem.errors.isEmpty ? problem.detail.map(texts.sentence) : nil
        fix = problem.errors.isEmpty && problem.changes.isEmpty ? problem.fix.map(texts.sentence) : nil
        storedNow = StoredNow(
            problem.changes.sorted { $0.key < $1.key }.map { StoredValue($0.key, $0.value, texts) }
        )
        fields = problem.errors.map { error in
            let name = String(error.field.prefix { $0 != "." && $0 != "[" })
            return Field(
                label: texts.find("field.\(name)") ?? error.field,
                rule: texts.find("field.\(name)Rule"),
                message: texts.sentence(error.message)
            )
        }
    }
}
