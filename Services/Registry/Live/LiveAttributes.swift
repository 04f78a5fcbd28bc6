import JSONCoding
import Mapping
import Messages

/// What WeCom says in the fields that the enterprise added, read by rules that take each of them: an administrator sees
/// what rules get.
struct LiveAttributes: Sendable {
    /// Which field each attribute is read into, by the attribute's name.
    private let keys: [String: String]
    private let mapping: CompiledMapping

    /// - Parameter people: All whose attributes are asked for.
    init(of people: [LivePerson]) {
        let names = Set(people.flatMap(\.attributeNames)).sorted()
        let keys = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, "a\($0)") })
        self.keys = keys
        mapping = CompiledMapping(
            keys.map { MappingRule(target: $0.value, kind: .direct, source: "extattr.\($0.key)") },
            extendedFields: keys.values.map { ExtendedField(key: $0, titles: [:]) }
        )
    }

    /// What the person's attributes say, as `extattr.<name>`; empty where that cannot be read.
    func values(of person: LivePerson) -> [String: String] {
        let record = (try? PageMapping.map(people: person.list, by: mapping))?.records.first
        let values = person.attributeNames.map { name in
            ("extattr.\(name)", keys[name].flatMap { record?.attributes[$0] } ?? "")
        }
        return Dictionary(values) { first, _ in first }
    }
}

extension LivePerson {
    /// The names of the fields that the enterprise added, also of a list without the object around it.
    fileprivate var attributeNames: [String] {
        var list = user["extattr"]
        if case .object(let extended)? = list { list = extended["attrs"] }
        guard case .array(let attributes)? = list else { return [] }
        return attributes.compactMap { attribute -> String? in
            guard case .object(let members) = attribute else { return nil }
            return LiveAnswer.text(members["name"])
        }
    }
}
