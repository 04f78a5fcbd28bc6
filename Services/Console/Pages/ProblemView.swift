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
        detail = problem.errors.isEmpty ? Self.detail(of: problem, texts) : nil
        fix = problem.errors.isEmpty && problem.changes.isEmpty ? problem.fix.map(texts.sentence) : nil
        storedNow = StoredNow(
            problem.changes.sorted { $0.key < $1.key }.map { StoredValue($0.key, $0.value, texts) }
        )
        fields = problem.errors.map { error in
            let name = String(error.field.prefix { $0 != "." && $0 != "[" })
            let (limit, message) = (Self.limit(error.field, texts), texts.sentence(error.message))
            return Field(
                label: limit ?? texts.find("field.\(name)") ?? error.field,
                rule: texts.find("field.\(name)Rule"),
                message: limit == nil ? message : Self.grouped(message, texts)
            )
        }
    }

    /// What a safety limit is called on its page: its table, its row and its column.
    private static func limit(_ field: String, _ texts: Texts) -> String? {
        let parts = field.split(separator: ".")
        guard parts.first == "safetyLimits" else { return nil }
        let names = parts.dropFirst().compactMap { texts.find("safety.\($0)") }
        return names.isEmpty ? nil : names.joined(separator: " · ")
    }

    /// A sentence whose large numbers are grouped.
    private static func grouped(_ sentence: Sentence, _ texts: Texts) -> Sentence {
        let text = sentence.text.replacing(/\d{5,}/) { Int($0.output).map(texts.number) ?? String($0.output) }
        return Sentence(text: text, lang: sentence.lang)
    }

    /// What happened this time. Settings that somebody else changed are called as the page calls them.
    private static func detail(of problem: APIProblem, _ texts: Texts) -> Sentence? {
        guard !problem.changes.isEmpty else { return problem.detail.map { texts.sentence($0).withTimes } }
        let names = problem.changes.keys.sorted().map { texts.find("field.\($0)") ?? $0 }
        let text = texts["problem.changedMeanwhile", ["fields": names.joined(separator: texts.comma)]]
        return Sentence(text: text, lang: texts.language.rawValue)
    }
}
