import Messages

/// Makes rules, filters and people: the same ones for the same seed.
struct RandomRules {
    /// The fields that rules fill, and the types of the tenant's own.
    static let targets = ["title", "alias", "address", "telephone", "note", "level", "since"]
    static let extended = [
        ExtendedField(key: "note", titles: [:]), ExtendedField(key: "level", titles: [:], type: .integer),
        ExtendedField(key: "since", titles: [:], type: .date),
    ]
    /// WeCom's fields that rules read.
    static let sources = ["position", "alias", "address", "telephone"]

    private var numbers: RandomRecords

    init(seed: UInt64) { numbers = RandomRecords(seed: seed) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[numbers.number(elements.count)] }

    mutating func rules() -> [ModelRule] {
        Self.targets.compactMap { target in
            guard numbers.number(4) > 0 else { return nil }
            let isInitial = numbers.number(4) == 0
            // Who is already there cannot be turned away for want of what only new people get: refused when saved.
            let missing: [MappingRule.Missing] =
                isInitial ? [.keep, .clear, .default] : [.keep, .keep, .clear, .default, .reject]
            return ModelRule(target: target, making: making(), isInitial: isInitial, missing: one(of: missing))
        }
    }

    private mutating func making() -> ModelRule.Making {
        switch numbers.number(5) {
        case 0: .constant
        case 1: .upper(one(of: Self.sources))
        case 2: .coalesced(one(of: Self.sources), one(of: Self.sources))
        default: .direct(one(of: Self.sources))
        }
    }

    /// Whom the filter leaves out, if there is one.
    mutating func filter() -> ModelFilter? {
        numbers.number(2) == 0 ? nil : ModelFilter(source: one(of: Self.sources), text: one(of: ["7", "v"]))
    }

    /// What WeCom tells of somebody.
    mutating func person(_ id: String) -> ModelPerson {
        var fields: [String: ModelPerson.Field] = [:]
        for source in Self.sources {
            fields[source] =
                switch numbers.number(7) {
                case 0: nil
                case 1: .text("")
                case 2: .unreadable
                default: .text(one(of: ["v", "7", "2024-03-01", "w"]))
                }
        }
        return ModelPerson(id: id, fields: fields)
    }

    /// Somebody of whom some of it changed.
    mutating func changed(_ person: ModelPerson) -> ModelPerson {
        var changed = person
        let other = self.person(person.id)
        for source in Self.sources where numbers.number(3) == 0 { changed.fields[source] = other.fields[source] }
        return changed
    }

    mutating func isOneOf(_ count: Int) -> Bool { numbers.number(count) == 0 }
}
