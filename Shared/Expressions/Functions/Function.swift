/// A function of the language: what the checker goes by, what the page tells, and what is done.
package struct Function: Sendable {
    /// What one argument may be.
    package struct Parameter: Sendable {
        package let name: String
        /// Nil for any.
        package let types: [ValueType]?
        /// Whether it stands in the source as a text, so that it is checked with it.
        package var isLiteral = false

        init(_ name: String, _ types: ValueType..., isLiteral: Bool = false) {
            self.name = name
            self.types = types.isEmpty ? nil : types
            self.isLiteral = isLiteral
        }
    }

    /// What comes out.
    enum Result: Sendable {
        case of(ValueType)
        /// What the arguments from that one on are.
        case common(from: Int)
    }

    /// How long what comes out may be.
    enum Size: Sendable {
        case small
        /// As the first argument times that.
        case first(times: Int)
        case sum
        case whole
    }

    /// What is done when it is called.
    enum Body: Sendable {
        case values(@Sendable ([Value]) throws(EvaluationError) -> Value)
        /// A part of the language, which the checker puts in its place.
        case attribute, choice, coalescing, matching, dateFormatting
        /// What is known of a person besides their fields.
        case reference(Reference)
    }

    /// A call, what the fields hold, and what comes out.
    package struct Example: Sendable {
        package let source: String
        package let fields: [String: String]
        package let result: String
    }

    package let name: String
    package let parameters: [Parameter]
    /// How many arguments have to be there.
    package let required: Int
    /// Whether the last parameter may be given again and again.
    package let isVariadic: Bool
    let result: Result
    let size: Size
    /// One sentence.
    package let sentence: String
    package let example: Example
    let body: Body

    /// As people read it: `substring(text, start, length?)`.
    package var signature: String {
        var names = parameters.enumerated().map { $0 < required || isVariadic ? $1.name : "\($1.name)?" }
        if isVariadic { names.append("…") }
        return "\(name)(\(names.joined(separator: ", ")))"
    }

    init(
        _ name: String,
        _ parameters: [Parameter],
        required: Int? = nil,
        isVariadic: Bool = false,
        gives result: Result,
        upTo size: Size = .first(times: 1),
        _ sentence: String,
        example: Example,
        _ body: Body
    ) {
        self.name = name
        self.parameters = parameters
        self.required = required ?? parameters.count
        self.isVariadic = isVariadic
        self.result = result
        self.size = size
        self.sentence = sentence
        self.example = example
        self.body = body
    }
}

/// Why a value does not come out.
package enum EvaluationError: Error, Equatable {
    /// A text or a list on the way became longer than one may be.
    case tooLong
}
