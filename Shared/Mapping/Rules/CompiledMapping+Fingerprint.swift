import Messages

extension CompiledMapping {
    /// Of what the code makes of records by the same rules. Grows with every change after which WeCom's same bytes
    /// may become another record, so that no page of before counts as unchanged.
    static let version: Int64 = 5

    /// The digest of all that decides what becomes of a record.
    static func fingerprint(
        of rules: [MappingRule],
        _ types: [String: FieldType],
        _ filter: String?
    ) -> ContentDigest {
        var hasher = ContentHasher()
        hasher.combine(version)
        hasher.combine(Int64(rules.count))
        for rule in rules {
            rule.combine(into: &hasher)
            types[rule.target]?.combine(into: &hasher)
        }
        hasher.combine(filter)
        return hasher.finalize()
    }
}

extension MappingRule {
    fileprivate func combine(into hasher: inout ContentHasher) {
        hasher.combine(target)
        hasher.combine(kind.rawValue)
        hasher.combine(source)
        hasher.combine(expression)
        hasher.combine(value)
        hasher.combine(when.rawValue)
        hasher.combine(missing.rawValue)
    }
}

extension FieldType {
    fileprivate func combine(into hasher: inout ContentHasher) {
        hasher.combine(name)
        if case .choice(let options) = self {
            hasher.combine(Int64(options.count))
            for option in options { hasher.combine(option) }
        }
    }

    private var name: String {
        switch self {
        case .text: "text"
        case .integer: "integer"
        case .decimal: "decimal"
        case .boolean: "boolean"
        case .date: "date"
        case .textList: "textList"
        case .choice: "choice"
        case .status: "status"
        }
    }
}
