import Messages

/// What a run's rules mean for people whom the directory has already: which fields they clear, and which they leave
/// alone.
struct FieldGovernance: Equatable {
    /// Fields without a rule.
    private let cleared: [DirectoryField]
    /// Fields that are filled for new people only.
    private let initial: [DirectoryField]
    private let initialAttributes: [String]
    /// The extended fields that stay: those of rules of either kind.
    let attributes: [String]

    init(_ fields: MappedFields) {
        let always = Set(fields.always)
        let onCreate = Set(fields.onCreate)
        initial = DirectoryField.texts.filter { onCreate.contains($0.rawValue) }
        cleared = DirectoryField.texts.filter { !onCreate.contains($0.rawValue) && !always.contains($0.rawValue) }
        initialAttributes = fields.onCreate.filter { DirectoryField(rawValue: $0) == nil }
        attributes = fields.always.filter { DirectoryField(rawValue: $0) == nil } + initialAttributes
    }

    /// The record of a person whom the directory has, as it is merged with what is there.
    func governing(_ record: UserRecord) -> UserRecord {
        var record = record
        for field in cleared { record[field] = "" }
        for field in initial { record[field] = nil }
        for key in initialAttributes { record.attributes[key] = nil }
        return record
    }
}
