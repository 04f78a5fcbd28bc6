import Expressions
import Mapping

/// What expressions are made of, for whoever writes one.
struct MappingLanguage: Encodable, Sendable {
    struct Field: Encodable, Sendable {
        var name: String
        var type: ValueType
    }

    struct Example: Encodable, Sendable {
        var expression: String
        /// What WeCom's fields hold in it.
        var fields: [String: String]
        var result: String
    }

    struct Function: Encodable, Sendable {
        var name: String
        var signature: String
        /// What it does, in a sentence.
        var sentence: String
        var example: Example
    }

    /// The fields that an expression can name; those that the enterprise added are written extattr("…").
    var fields: [Field]
    var functions: [Function]

    /// The language as it is.
    static let current = MappingLanguage(
        fields: Vocabulary.weCom.fields.sorted { $0.key < $1.key }.map { Field(name: $0.key, type: $0.value) },
        functions: FunctionCatalogue.all.map { function in
            let example = function.example
            return Function(
                name: function.name,
                signature: function.signature,
                sentence: function.sentence,
                example: Example(expression: example.source, fields: example.fields, result: example.result)
            )
        }
    )
}
