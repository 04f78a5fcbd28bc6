import JSONCoding

/// A JSON value whose objects keep the order of their keys, for files that people read too.
indirect enum OrderedJSON: Sendable {
    case object([(key: String, value: OrderedJSON)])
    case array([OrderedJSON])
    case string(String)
    case integer(Int)
    case boolean(Bool)

    /// JSON text, two spaces a level, with a line feed at the end.
    var json: String { json(indent: "") + "\n" }

    /// YAML text: objects as blocks, everything else as JSON on one line, which is YAML too.
    var yaml: String {
        guard case .object(let members) = self else { return line + "\n" }
        return Self.yaml(members, indent: "")
    }

    private func json(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\(Self.quoted($0.key)): \($0.value.json(indent: inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .array(let elements) where !elements.allSatisfy(\.isScalar):
            let lines = elements.map { inner + $0.json(indent: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        default: return line
        }
    }

    private static func yaml(_ members: [(key: String, value: OrderedJSON)], indent: String) -> String {
        members.map { key, value in
            guard case .object(let inner) = value, !inner.isEmpty else {
                return "\(indent)\(yamlKey(key)): \(value.line)\n"
            }
            return "\(indent)\(yamlKey(key)):\n\(yaml(inner, indent: indent + "  "))"
        }.joined()
    }

    private var isScalar: Bool {
        switch self {
        case .object, .array: false
        case .string, .integer, .boolean: true
        }
    }

    private var line: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)): \($0.value.line)" }.joined(separator: ", ") + "}"
        case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
        case .string(let text): Self.quoted(text)
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        }
    }

    private static func yamlKey(_ key: String) -> String {
        let isPlain = key.first?.isLetter == true && key.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
        return isPlain ? key : quoted(key)
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.write(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .string(text) }
    init(integerLiteral number: Int) { self = .integer(number) }
    init(booleanLiteral flag: Bool) { self = .boolean(flag) }
    init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
    init(dictionaryLiteral members: (String, OrderedJSON)...) {
        self = .object(members.map { (key: $0.0, value: $0.1) })
    }
}
