/// A statement and the values for its `$1`, `$2`, … placeholders.
///
/// Interpolated values become parameters and are never spliced into the text, so a statement
/// that is written as a literal cannot be injected into:
///
/// ```swift
/// let statement: SQL = "select name from directory.users where id = \(id)"
/// // text: "select name from directory.users where id = $1", parameters: [id]
/// ```
///
/// Names that are only known at run time go in as `\(identifier: schema, table)`, and parts of
/// statements as `\(condition)` or with `+`, where the placeholders are numbered anew.
///
/// The server infers each parameter's type from where it stands; add a cast (`\(ids)::uuid[]`,
/// `\(json)::jsonb`) where it could not.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The text around the placeholders: one piece more than there are parameters.
    private var pieces: [String]
    /// The values, in the order of their placeholders.
    public private(set) var parameters: [Parameter]

    /// A statement without parameters.
    public init(_ text: StaticString) {
        pieces = [text.description]
        parameters = []
    }

    /// A statement that is written as a literal.
    public init(stringLiteral text: String) {
        pieces = [text]
        parameters = []
    }

    /// A statement that is written as a literal with values in it.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.statement
    }

    /// The statement as the server gets it.
    public var text: String {
        var text = pieces[0]
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += "$\(index + 1)"
            text += piece
        }
        return text
    }

    /// Both statements one after the other, with all their parameters.
    public static func + (left: SQL, right: SQL) -> SQL {
        var whole = left
        whole.append(right)
        return whole
    }

    /// Appends a statement, with its parameters.
    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    fileprivate mutating func append(_ other: SQL) {
        pieces[pieces.count - 1] += other.pieces[0]
        pieces += other.pieces.dropFirst()
        parameters += other.parameters
    }

    fileprivate mutating func append(text: String) {
        pieces[pieces.count - 1] += text
    }

    fileprivate mutating func append(parameter: Parameter) {
        parameters.append(parameter)
        pieces.append("")
    }
}

extension SQL {
    /// Gathers a literal's text and values.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var statement = SQL("")

        /// Called by the compiler.
        public init(literalCapacity: Int, interpolationCount: Int) {
            statement.pieces.reserveCapacity(interpolationCount + 1)
            statement.parameters.reserveCapacity(interpolationCount)
        }

        /// Called by the compiler.
        public mutating func appendLiteral(_ literal: String) {
            statement.append(text: literal)
        }

        /// A value, `nil` for null: becomes a parameter.
        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            statement.append(parameter: value.postgresParameter)
        }

        /// UTF-8 text, such as JSON: becomes a parameter in text format.
        public mutating func appendInterpolation(utf8 bytes: [UInt8]?) {
            statement.append(parameter: bytes.map(Parameter.utf8) ?? .null)
        }

        /// A part of a statement: its parameters become this one's.
        public mutating func appendInterpolation(_ part: SQL) {
            statement.append(part)
        }

        /// A name, quoted: `\(identifier: "outbox")` or, qualified, `\(identifier: schema, "outbox")`.
        public mutating func appendInterpolation(identifier names: String...) {
            let quoted = names.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
            statement.append(text: quoted.joined(separator: "."))
        }
    }
}
