import JSONCoding

/// A JSON Schema as it was released, with the words that our schemas use.
struct ReleasedSchema {
    private let keywords: [String: JSONValue]

    init(_ value: JSONValue?) {
        if case .object(let keywords)? = value { self.keywords = keywords } else { keywords = [:] }
    }

    /// - Returns: `nil` where there is none.
    init?(member name: String, of schema: ReleasedSchema) {
        guard case .object? = schema.keywords[name] else { return nil }
        self.init(schema.keywords[name])
    }

    var type: String { if case .string(let type)? = keywords["type"] { type } else { "anything" } }
    var required: Set<String> { Set(texts("required")) }
    var properties: [String: ReleasedSchema] {
        guard case .object(let members)? = keywords["properties"] else { return [:] }
        return members.mapValues { ReleasedSchema($0) }
    }
    var items: ReleasedSchema? { ReleasedSchema(member: "items", of: self) }
    /// The form of members that are not named, where it is told.
    var others: ReleasedSchema? { ReleasedSchema(member: "additionalProperties", of: self) }
    /// Whether members that are not named are refused.
    var isClosed: Bool { keywords["additionalProperties"] == .boolean(false) }
    /// The values that it may have; `nil` for any.
    var values: Set<JSONValue>? {
        guard case .array(let values)? = keywords["enum"] else { return nil }
        return Set(values)
    }
    var alternatives: [ReleasedSchema]? {
        guard case .array(let forms)? = keywords["oneOf"] else { return nil }
        return forms.map { ReleasedSchema($0) }
    }

    /// A word that has a text or a number.
    subscript(word: String) -> JSONValue? { keywords[word] }

    private func texts(_ keyword: String) -> [String] {
        guard case .array(let elements)? = keywords[keyword] else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
