import JSONCoding
import MessageSchemas

extension RefusedEdit {
    /// Of words of JSON Schema that our schemas do not use.
    static let ofWords = words.map { word, value in
        RefusedEdit(
            "\(word) comes",
            "user-page",
            "properties/users/\(word)",
            at: "users",
            .presentReader,
            "its \(word) is new."
        ) { _ in value }
    }

    private static let words: [(String, JSONValue)] = [
        ("uniqueItems", .boolean(true)), ("multipleOf", .integer(2)), ("contains", .text), ("minContains", .integer(1)),
        ("prefixItems", .array([.text])), ("patternProperties", .object(["^a": .text])), ("propertyNames", .text),
        ("dependentRequired", .object(["a": .array([.string("b")])])), ("not", .text), ("if", .text), ("then", .text),
        ("else", .text), ("allOf", .array([.text])), ("anyOf", .array([.text])), ("oneOf", .array([.text])),
        ("dependentSchemas", .object(["a": .text])), ("unevaluatedProperties", .boolean(false)),
        ("unevaluatedItems", .boolean(false)), ("contentEncoding", .string("base64")), ("propertes", .object([:])),
        ("format", .string("any")),
    ]

    /// Of bounds that our schemas do not have.
    static let ofBounds = bounds.map { bound in
        RefusedEdit(
            "\(bound) comes",
            "user-page",
            "properties/users/\(bound)",
            at: "users",
            .presentReader,
            "its \(bound) refuses what was written."
        ) { _ in .integer(2) }
    }

    private static let bounds = [
        "minItems", "maxItems", "exclusiveMinimum", "exclusiveMaximum", "minProperties", "maxProperties", "minLength",
    ]
}
