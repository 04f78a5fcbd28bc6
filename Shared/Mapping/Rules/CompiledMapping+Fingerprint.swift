import Messages

extension CompiledMapping {
    /// Of what the code makes of records by the same rules. Grows with every change after which WeCom's same bytes
    /// may become another record, so that no page of before counts as unchanged.
    static let version: Int64 = 3

    /// The digest of all that decides what becomes of a record.
    static func fingerprint(of fields: [ValueRule], _ attributes: [Attribute]) -> ContentDigest {
        var hasher = ContentHasher()
        hasher.combine(version)
        for rule in fields { rule.combine(into: &hasher) }
        hasher.combine(Int64(attributes.count))
        for attribute in attributes {
            hasher.combine(attribute.key)
            attribute.rule.combine(into: &hasher)
        }
        return hasher.finalize()
    }
}

extension ValueRule {
    fileprivate func combine(into hasher: inout ContentHasher) {
        switch source {
        case .field(let key): hasher.combine(Optional("field \(key.rawValue)"))
        case .attribute(let name): hasher.combine(Optional("attribute \(name)"))
        case nil: hasher.combine(String?.none)
        }
        hasher.combine(fallback)
    }
}
