import Messages

/// The form of a JSON value, as JSON Schema 2020-12 says it.
///
/// Only the words that the messages need: `type`, `format`, `pattern`, bounds, `enum`, `items`, `properties`,
/// `required`, `additionalProperties` and `oneOf`.
struct JSONSchema: Sendable {
    /// The schema's words, in the order in which they are written.
    private(set) var keywords: [(key: String, value: OrderedJSON)]

    private init(type: String, _ more: [(key: String, value: OrderedJSON)] = []) {
        keywords = [(key: "type", value: .string(type))] + more
    }

    /// `true` or `false`.
    static let boolean = JSONSchema(type: "boolean")

    /// An object of somebody else's form.
    static let foreignObject = JSONSchema(type: "object")

    /// A whole number.
    static func integer(in range: ClosedRange<Int>? = nil) -> JSONSchema {
        guard let range else { return JSONSchema(type: "integer") }
        return JSONSchema(
            type: "integer",
            [(key: "minimum", value: .integer(range.lowerBound)), (key: "maximum", value: .integer(range.upperBound))]
        )
    }

    /// A text.
    static func text(
        format: String? = nil,
        pattern: String? = nil,
        length: ClosedRange<Int>? = nil
    ) -> JSONSchema {
        var words: [(key: String, value: OrderedJSON)] = []
        if let format { words.append((key: "format", value: .string(format))) }
        if let pattern { words.append((key: "pattern", value: .string(pattern))) }
        if let length {
            words.append((key: "minLength", value: .integer(length.lowerBound)))
            words.append((key: "maxLength", value: .integer(length.upperBound)))
        }
        return JSONSchema(type: "string", words)
    }

    /// One of these texts.
    static func one(of texts: [String]) -> JSONSchema {
        JSONSchema(type: "string", [(key: "enum", value: .array(texts.map { .string($0) }))])
    }

    /// One of these numbers.
    static func one(of numbers: [Int]) -> JSONSchema {
        JSONSchema(type: "integer", [(key: "enum", value: .array(numbers.map { .integer($0) }))])
    }

    /// A list of values of one form.
    static func list(of element: JSONSchema) -> JSONSchema {
        JSONSchema(type: "array", [(key: "items", value: element.document)])
    }

    /// An object with any keys, whose values are of one form.
    static func map(to value: JSONSchema) -> JSONSchema {
        JSONSchema(type: "object", [(key: "additionalProperties", value: value.document)])
    }

    /// An object with these members, and whatever later versions add.
    static func object(required: [String], _ members: [(key: String, value: JSONSchema)]) -> JSONSchema {
        JSONSchema(
            type: "object",
            [
                (key: "required", value: .array(required.map { .string($0) })),
                (key: "properties", value: .object(members.map { (key: $0.key, value: $0.value.document) })),
                (key: "additionalProperties", value: true),
            ]
        )
    }

    /// The form of `type`, by its members; one whose value is optional may be missing.
    static func object<Root>(of type: Root.Type, _ description: String, _ fields: [Field<Root>]) -> JSONSchema {
        object(required: fields.filter(\.isRequired).map(\.name), fields.map { (key: $0.name, value: $0.schema) })
            .described(description)
    }

    /// An object of exactly one of these forms.
    static func either(_ forms: [JSONSchema]) -> JSONSchema {
        JSONSchema(type: "object", [(key: "oneOf", value: .array(forms.map(\.document)))])
    }

    /// The same with a description in front, instead of the one it had.
    func described(_ text: String) -> JSONSchema {
        var schema = self
        schema.keywords = [(key: "description", value: .string(text))] + keywords.filter { $0.key != "description" }
        return schema
    }

    /// The schema as part of another document.
    var document: OrderedJSON { .object(keywords) }

    /// What the schema describes, in words.
    var description: String {
        guard case .string(let text)? = keywords.first(where: { $0.key == "description" })?.value else { return "" }
        return text
    }

    /// A member of `Root`. Its form and whether it may be missing follow from the property's type.
    struct Field<Root> {
        let name: String
        let isRequired: Bool
        let schema: JSONSchema

        /// A member that is always there.
        static func field<Value: Described>(_ name: String, _: KeyPath<Root, Value>, _ description: String) -> Field {
            Field(name: name, isRequired: true, schema: Value.jsonSchema.described(description))
        }

        /// A member that may be missing.
        static func field<Value: Described>(_ name: String, _: KeyPath<Root, Value?>, _ description: String) -> Field {
            Field(name: name, isRequired: false, schema: Value.jsonSchema.described(description))
        }

        /// A member that says the usual where it is missing.
        static func usual<Value: Described>(_ name: String, _: KeyPath<Root, Value>, _ description: String) -> Field {
            Field(name: name, isRequired: false, schema: Value.jsonSchema.described(description))
        }
    }
}
