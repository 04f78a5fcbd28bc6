import Runtime

/// A refusal, as pages show it: in the page's language by its kind, and in the service's own words below.
struct ProblemView: Sendable {
    struct Field: Sendable {
        let label: String
        let rule: String?
        let message: String
    }

    let text: String
    /// What the service says, an English sentence.
    let detail: String?
    let fix: String?
    let fields: [Field]

    init(_ problem: APIProblem, _ texts: Texts) {
        text =
            texts.find("problem.\(problem.slug)") ?? texts.find("problem.status\(problem.status)")
            ?? texts["problem.other"]
        // Each field says so itself.
        detail = problem.errors.isEmpty ? problem.detail : nil
        fix = problem.errors.isEmpty ? problem.fix : nil
        fields = problem.errors.map { error in
            let name = String(error.field.prefix { $0 != "." && $0 != "[" })
            return Field(
                label: texts.find("field.\(name)") ?? error.field,
                rule: texts.find("field.\(name)Rule"),
                message: error.message
            )
        }
    }
}
