import JSONCoding

/// A JSON Schema as it was released, or as it is now, by its words.
struct ReleasedSchema {
    static let lowerBounds = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]
    static let upperBounds = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]

    private let keywords: [String: JSONValue]

    /// - Parameters:
    ///   - value: Where there is none, anything is allowed.
    ///   - document: What references in it start from.
    init(_ value: JSONValue?, of document: JSONValue) {
        keywords = value.map { PlainSchema(document: document).form($0).members } ?? [:]
    }

    /// A part of one that is plain already.
    private init(plain: JSONValue) { keywords = plain.members }

    /// - Returns: `nil` where there is none, or one that allows anything.
    init?(member name: String, of schema: ReleasedSchema) {
        guard case .object(let keywords)? = schema.keywords[name], !keywords.isEmpty else { return nil }
        self.keywords = keywords
    }

    var type: String {
        if case .string(let type)? = keywords["type"] { return type }
        let types = texts("type").sorted()
        return types.isEmpty ? "anything" : types.joined(separator: " or ")
    }
    var required: Set<String> { Set(texts("required")) }
    var properties: [String: ReleasedSchema] {
        guard case .object(let members)? = keywords["properties"] else { return [:] }
        return members.mapValues { ReleasedSchema(plain: $0) }
    }
    var items: ReleasedSchema? { ReleasedSchema(member: "items", of: self) }
    /// The form of members that are not named, where it is told.
    var others: ReleasedSchema? { ReleasedSchema(member: "additionalProperties", of: self) }
    /// Whether members that are not named are refused.
    var isClosed: Bool { keywords["additionalProperties"] == .boolean(false) }
    /// The word by which members that are not named may be refused in a way that is not looked into.
    var censor: String? {
        if isClosed { return "additionalProperties" }
        return ["patternProperties", "propertyNames", "unevaluatedProperties"].first { keywords[$0] != nil }
    }
    /// The values that it may have; `nil` for any.
    var values: Set<JSONValue>? {
        guard case .array(let values)? = keywords["enum"] else { return nil }
        return Set(values)
    }
    var alternatives: [ReleasedSchema]? {
        guard case .array(let forms)? = keywords["oneOf"] else { return nil }
        return forms.map { ReleasedSchema(plain: $0) }
    }
    /// What it says in words that are none of the above, or says otherwise than these words do.
    var rest: [String: JSONValue] { keywords.filter { !Self.isKnown($0.key, $0.value) } }

    /// What a word says.
    subscript(word: String) -> JSONValue? { keywords[word] }

    private static func isKnown(_ word: String, _ value: JSONValue) -> Bool {
        switch (word, value) {
        case ("type", .string), ("type", .array), ("required", .array), ("properties", .object), ("items", .object),
            ("additionalProperties", .object), ("additionalProperties", .boolean), ("enum", .array),
            ("oneOf", .array):
            true
        case (_, .integer), (_, .number): lowerBounds.contains(word) || upperBounds.contains(word)
        default: false
        }
    }

    private func texts(_ keyword: String) -> [String] {
        guard case .array(let elements)? = keywords[keyword] else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
