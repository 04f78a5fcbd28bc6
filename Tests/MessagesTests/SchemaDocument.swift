import JSONCoding

/// A JSON Schema as it is published; knows the words that our schemas use.
struct SchemaDocument {
    private let keywords: [String: JSONValue]

    init(_ value: JSONValue) {
        if case .object(let keywords) = value { self.keywords = keywords } else { keywords = [:] }
    }

    /// The members that are described.
    var properties: [String: SchemaDocument] {
        guard case .object(let properties)? = keywords["properties"] else { return [:] }
        return properties.mapValues(SchemaDocument.init)
    }

    /// The members that must be there.
    var required: [String] { texts("required") }

    /// The type's name.
    var type: String {
        guard case .string(let type)? = keywords["type"] else { return "none" }
        return type
    }

    /// The form of an array's elements.
    var items: SchemaDocument? { keywords["items"].map(SchemaDocument.init) }

    /// The form of the members that are not described, where it is told.
    var others: SchemaDocument? {
        guard case .object? = keywords["additionalProperties"] else { return nil }
        return keywords["additionalProperties"].map(SchemaDocument.init)
    }

    /// The schema itself, or that one of its alternatives which `value` is of.
    func resolved(for value: JSONValue) -> SchemaDocument {
        guard case .array(let forms)? = keywords["oneOf"] else { return self }
        return forms.map(SchemaDocument.init).first { $0.complaints(about: value).isEmpty } ?? self
    }

    /// What is wrong with `value`; empty if it is of this form.
    func complaints(about value: JSONValue, at path: String = "$") -> [String] {
        var complaints = isOfType(value) ? [] : ["\(path) is not of the type \(type)"]
        if case .array(let allowed)? = keywords["enum"], !allowed.contains(value) {
            complaints.append("\(path) is not one of the values")
        }
        if case .array(let forms)? = keywords["oneOf"] {
            let fitting = forms.count { SchemaDocument($0).complaints(about: value).isEmpty }
            if fitting != 1 { complaints.append("\(path) is of \(fitting) alternatives") }
        }
        switch value {
        case .object(let members): complaints += self.complaints(aboutMembers: members, at: path)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                complaints += items?.complaints(about: element, at: "\(path)[\(index)]") ?? []
            }
        case .string(let text): complaints += self.complaints(aboutText: text, at: path)
        default: break
        }
        return complaints
    }

    private func complaints(aboutMembers members: [String: JSONValue], at path: String) -> [String] {
        let missing = required.filter { members[$0] == nil }.map { "\(path).\($0) is missing" }
        return missing
            + members.flatMap { name, value in
                (properties[name] ?? others)?.complaints(about: value, at: "\(path).\(name)") ?? []
            }
    }

    private func complaints(aboutText text: String, at path: String) -> [String] {
        guard case .string(let pattern)? = keywords["pattern"] else { return [] }
        let isMatch = (try? Regex(pattern).firstMatch(in: text)) != nil
        return isMatch ? [] : ["\(path) does not match \(pattern)"]
    }

    private func isOfType(_ value: JSONValue) -> Bool {
        switch value {
        case .object: type == "object"
        case .array: type == "array"
        case .string: type == "string"
        case .integer: type == "integer"
        case .number: type == "number"
        case .boolean: type == "boolean"
        case .null: type == "null"
        }
    }

    private func texts(_ keyword: String) -> [String] {
        guard case .array(let elements)? = keywords[keyword] else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
