import Messages

/// A person as WeCom shows one.
struct ModelPerson: Sendable {
    enum Field: Equatable, Sendable {
        case text(String)
        /// There, and nothing that could be taken.
        case unreadable
    }

    let id: String
    var fields: [String: Field]

    var json: String {
        let members = fields.sorted { $0.key < $1.key }.map { name, field in
            switch field {
            case .text(let text): #""\#(name)":"\#(text)""#
            case .unreadable: #""\#(name)":{}"#
            }
        }
        let fixed = [#""userid":"\#(id)""#, #""name":"\#(id)""#, #""department":[1]"#, #""status":1"#]
        return "{\((fixed + members).joined(separator: ","))}"
    }
}

/// A rule, and what is to be made of people by it, told anew and plainly.
struct ModelRule: Sendable {
    enum Making: Sendable {
        case direct(String)
        case constant
        case upper(String)
        case coalesced(String, String)
    }

    /// What becomes of a field.
    enum Outcome: Equatable { case kept, refused, value(String) }

    let target: String
    let making: Making
    let isInitial: Bool
    let missing: MappingRule.Missing

    /// A value that the target can hold.
    private var fixed: String {
        switch target {
        case "level": "42"
        case "since": "2020-02-29"
        default: "fixed"
        }
    }

    var rule: MappingRule {
        var rule = MappingRule(
            target: target,
            kind: .expression,
            value: fixed,
            when: isInitial ? .onCreate : .always,
            missing: missing
        )
        switch making {
        case .direct(let source): (rule.kind, rule.source) = (.direct, source)
        case .constant: rule.kind = .constant
        case .upper(let source): rule.expression = "upper(\(source))"
        case .coalesced(let one, let other): rule.expression = "coalesce(\(one), \(other))"
        }
        return rule
    }

    func outcome(of person: ModelPerson) -> Outcome {
        let told: String?
        switch making {
        case .constant: told = fixed
        case .direct(let source):
            guard person.fields[source] != .unreadable else { return .kept }
            told = person.text(source)
        case .upper(let source):
            guard person.fields[source] != .unreadable else { return .kept }
            told = person.text(source)?.uppercased()
        case .coalesced(let one, let other):
            guard person.fields[one] != .unreadable, person.fields[other] != .unreadable else { return .kept }
            told = [one, other].compactMap(person.text).first { !$0.isEmpty }
        }
        guard let told, !told.isEmpty else {
            switch missing {
            case .keep: return told == nil ? .kept : .value("")
            case .clear: return .value("")
            case .default: return .value(fixed)
            case .reject: return .refused
            }
        }
        return fits(told) ? .value(told) : .kept
    }

    private func fits(_ text: String) -> Bool {
        switch target {
        case "level": Int(text) != nil
        case "since": text.count == 10 && text.dropFirst(4).first == "-"
        default: true
        }
    }
}

extension ModelPerson {
    fileprivate func text(_ source: String) -> String? {
        if case .text(let text)? = fields[source] { text } else { nil }
    }
}

/// A filter by one field.
struct ModelFilter: Sendable {
    let source: String
    let text: String

    var expression: String { "\(source) == \"\(text)\"" }

    func leavesOut(_ person: ModelPerson) -> Bool { person.fields[source] == .text(text) }
}

/// What the directory should be: the newest rules' word of WeCom's last word, and what was to be kept.
struct ModelDirectory {
    struct Row: Equatable {
        var values: [String: String] = [:]
        var isPresent = true
    }

    private(set) var rows: [String: Row] = [:]

    /// A run that sees all of these people.
    mutating func apply(_ people: [ModelPerson], _ rules: [ModelRule], _ filter: ModelFilter?) {
        for person in people {
            if filter?.leavesOut(person) == true {
                rows[person.id]?.isPresent = false
                continue
            }
            let outcomes = rules.map { ($0, $0.outcome(of: person)) }
            if outcomes.contains(where: { $0.1 == .refused }) { continue }
            var row = rows[person.id] ?? Row()
            let isNew = rows[person.id] == nil
            let targets = Set(rules.map(\.target))
            for target in RandomRules.targets where !targets.contains(target) { row.values[target] = nil }
            for case (let rule, .value(let value)) in outcomes where isNew || !rule.isInitial {
                row.values[rule.target] = value.isEmpty ? nil : value
            }
            row.isPresent = true
            rows[person.id] = row
        }
    }

    /// The people who have access, a line each.
    var lines: [String] {
        rows.filter(\.value.isPresent).map { id, row in
            ([id] + RandomRules.targets.map { row.values[$0] ?? "" }).joined(separator: "|")
        }.sorted()
    }
}
