import Mapping
import Messages

/// What rules make of somebody, whatever the directory has of them.
struct MappedPerson: Sendable, Equatable {
    /// What the record gives, by field; of a field that is not in it, it says nothing. Nil where there is no record:
    /// the filter leaves the person out, or they cannot be taken.
    var values: [String: String]?
    /// Which fields the rules fill.
    var fields: MappedFields
    /// Whether the filter leaves the person out.
    var isFiltered = false
    /// Fields that cannot be taken as they are, and why somebody cannot be taken at all.
    var problems: [String] = []

    /// Whether the person may log on; somebody of whom that is not said may.
    var isEnabled: Bool {
        let status = values?[DirectoryField.status.rawValue].flatMap { Int($0) }
        return status.flatMap { UserRecord.Status(rawValue: $0) }?.isEnabled ?? true
    }
}

extension MappedPerson {
    /// Maps somebody.
    init(_ person: LivePerson, by mapping: CompiledMapping) {
        let mapped = try? PageMapping.map(people: person.list, by: mapping)
        let given = mapped?.records.first?.mappedValues.compactMap { name, value in value.map { (name, $0) } }
        self.init(
            values: given.map { Dictionary($0) { $1 } },
            fields: mapping.fields,
            isFiltered: mapped?.filtered.isEmpty == false,
            problems: (mapped?.problems.map(\.field) ?? []) + (mapped?.rejected.map(\.reason) ?? [])
        )
    }
}

extension UserRecord {
    /// The directory's fields and the tenant's own, by name.
    var mappedValues: [(name: String, value: String?)] {
        DirectoryField.texts.map { ($0.rawValue, self[$0]) } + attributes.map { ($0.key, $0.value) }
            + [(DirectoryField.status.rawValue, status.map { String($0.rawValue) })]
    }
}
