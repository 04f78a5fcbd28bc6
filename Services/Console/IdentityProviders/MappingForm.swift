import Runtime
import Web

/// How fields map, as a form shows it: a row for each field of the directory.
struct MappingForm: Sendable {
    struct Row: Sendable {
        let target: String
        let label: String
        let isExtended: Bool
        let kinds: [Choice]
        let whens: [Choice]
        let missings: [Choice]
        /// The field of WeCom, or the expression.
        let source: String?
        let fixed: String?
        /// What the directory has of whoever is shown, and what the rules make of them.
        let stored: String?
        let sample: String?
        /// Whether these rules make something else of them than those in force.
        let isOther: Bool
        /// Why the value is as it is, or what it lacks, in a few words each.
        let notes: [String]
        /// What is wrong with the rule, each a sentence of the registry's.
        let faults: [Sentence]
        let isWrong: Bool
        let place: ExpressionPlace?
    }

    struct Source: Sendable {
        let source: String
        let example: String?
    }

    struct Person: Sendable {
        let externalID: String
        let name: String?
        let isShown: Bool
    }

    struct Function: Sendable {
        let signature: String
        let sentence: String
        let example: String
        let result: String
    }

    struct Collision: Sendable {
        let label: String
        let value: String
        let people: String
    }

    static let targets = [
        "username", "displayName", "email", "mobile", "telephone", "title", "alias", "gender", "employeeNumber",
        "avatar",
        "address", "manager", "department", "locale", "status",
    ]
    /// What WeCom's user object has (wecom.md §3.6).
    static let sources = [
        "userid", "name", "alias", "email", "biz_mail", "mobile", "telephone", "position", "external_position",
        "gender", "address", "english_name", "open_userid", "avatar", "thumb_avatar", "qr_code",
    ]
    static let kinds = ["none", "direct", "expression", "constant"]
    static let whens = ["always", "onCreate"]
    static let missings = ["keep", "clear", "default", "reject"]

    let base: String
    let fieldsPath: String
    let version: String
    let rows: [Row]
    let filter: String?
    let filterFaults: [Sentence]
    let isFilterWrong: Bool
    let filterPlace: ExpressionPlace?
    let sources: [Source]
    let names: [ExpressionName]
    let functions: [Function]
    let people: [Person]
    let shownName: String?
    /// By which rules whoever is shown is made.
    let madeTitle: String
    /// Whether the directory has whoever is shown.
    let isStored: Bool
    let isShownFiltered: Bool
    let figures: String?
    /// How many people lack a required field; nil where nobody does.
    let lacking: String?
    /// That not all departments were looked into; nil where all were, or enough people were found.
    let unsearched: String?
    /// Why it is not known what the directory has; nil where it is.
    let unknown: Sentence?
    let collisions: [Collision]
    let obstacle: ProblemView?
    let problems: [String]
    let isConnected: Bool
    let mayChange: Bool
    /// Whether somebody real can be looked at.
    let mayLook: Bool

    /// - Parameters:
    ///   - typed: What was typed, where something was.
    ///   - trial: What came of trying it with real people.
    init(
        _ provider: IdentityProvider,
        _ typed: MappingEntries?,
        _ trial: MappingTrial,
        _ visit: Visit
    ) {
        let preview = trial.preview ?? trial.fallback
        let shown = preview?.people.first
        let rules = typed?.rules ?? provider.mapping
        let current = Dictionary(rules.enumerated().map { ($1.target, ($0, $1)) }) { first, _ in first }
        base = "/idps/\(provider.id)"
        fieldsPath = "/tenants/\(provider.tenantID)/extended-fields"
        version = visit.version(now: provider.revision)
        let own = Self.targets.map { ($0, visit.texts["directory.\($0)"], false) }
        let extended = provider.extendedFields.map { ($0.key, $0.title(in: visit.language), true) }
        rows = (own + extended).map { target, label, isExtended in
            let (index, rule) = current[target] ?? (nil, nil)
            let faults = index.map { trial.faults(of: "mapping[\($0)].") } ?? []
            return Row(
                target: target,
                label: label,
                isExtended: isExtended,
                kinds: Self.choices(Self.kinds, rule?.kind ?? "none", visit.texts),
                whens: Self.choices(Self.whens, rule?.when ?? "always", visit.texts),
                missings: Self.choices(Self.missings, rule?.missing ?? "keep", visit.texts),
                source: rule?.source ?? rule?.expression,
                fixed: rule?.value,
                stored: Self.told(trial.stored?.value(of: target), of: target, visit.texts),
                sample: Self.told(shown?.values[target], of: target, visit.texts),
                isOther: trial.preview != nil && shown?.changes.contains(target) ?? false,
                notes: Self.notes(on: target, of: shown, visit.texts),
                faults: faults.map(visit.texts.sentence),
                isWrong: !faults.isEmpty,
                place: index.flatMap { trial.place(in: rule?.expression, of: $0) }
            )
        }
        filter = typed.map(\.filter) ?? provider.filter
        filterFaults = trial.faults(of: "filter").map(visit.texts.sentence)
        isFilterWrong = !filterFaults.isEmpty
        filterPlace = trial.place(in: filter, of: nil)
        let found = shown?.sources ?? [:]
        sources = (Self.sources + found.keys.filter { !Self.sources.contains($0) }.sorted()).map {
            Source(source: $0, example: found[$0])
        }
        names = ExpressionName.all(of: trial.language, found)
        functions = trial.language.functions.map { function in
            Function(
                signature: function.signature,
                sentence: visit.texts.find("function.\(function.name)") ?? function.sentence,
                example: function.example.expression,
                result: function.example.result
            )
        }
        people = (preview?.people ?? []).map {
            Person(externalID: $0.externalID, name: $0.name, isShown: $0.externalID == shown?.externalID)
        }
        shownName = shown.map { $0.name ?? $0.externalID }
        madeTitle =
            visit.texts[
                shown == nil ? "mapping.sample" : trial.preview == nil ? "mapping.madeBySaved" : "mapping.made"
            ]
        isStored = trial.stored != nil
        isShownFiltered = shown?.isFiltered ?? false
        figures = trial.preview.map { Self.figures($0.counts, visit.texts) }
        lacking = Self.counted("mapping.lacking", trial.preview?.counts.missingRequired, visit.texts)
        unsearched = Self.counted("mapping.unsearched", preview?.departmentsNotSearched, visit.texts)
        unknown = preview?.unknown?["directory"].map(visit.texts.sentence)
        collisions = (trial.preview?.collisions ?? []).map {
            Collision(
                label: visit.texts["directory.\($0.field)"],
                value: $0.value,
                people: $0.people.joined(separator: ", ")
            )
        }
        problems = trial.preview?.people.first?.problems ?? []
        // Why it was not saved is said already.
        obstacle = visit.problem == nil ? trial.obstacle.map { ProblemView($0, visit.texts) } : nil
        isConnected = provider.authorization.state == .authorized
        mayChange = visit.may(.admin)
        mayLook = visit.may(.operator)
    }

    /// A value as people say it; nil where there is none.
    private static func told(_ value: String?, of target: String, _ texts: Texts) -> String? {
        value.flatMap { $0.isEmpty ? nil : texts.value($0, of: target) }
    }

    private static func notes(
        on target: String,
        of person: MappingPreview.Person?,
        _ texts: Texts
    ) -> [String] {
        let lists = [
            ("mapping.kept", person?.kept), ("mapping.onlyForNew", person?.onlyForNew),
            ("mapping.required", person?.missingRequired),
        ]
        return lists.filter { $0.1?.contains(target) ?? false }.map { texts[$0.0] }
    }

    /// Nil where there is nothing to count.
    private static func counted(_ key: String, _ count: Int?, _ texts: Texts) -> String? {
        count.flatMap { $0 > 0 ? texts.counted(key, $0) : nil }
    }

    private static func choices(_ values: [String], _ chosen: String, _ texts: Texts) -> [Choice] {
        values.map { Choice(value: $0, label: texts["mapping.\($0)"], isChosen: $0 == chosen) }
    }

    private static func figures(_ counts: MappingPreview.Counts, _ texts: Texts) -> String {
        texts.counted(
            "mapping.figures",
            counts.people,
            as: "people",
            [
                "changed": texts.number(counts.changed), "failed": texts.number(counts.failed),
                "filtered": texts.number(counts.filtered),
            ]
        )
    }
}
