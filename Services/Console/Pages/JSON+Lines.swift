import Runtime

extension JSON {
    /// The value as people read it; of a list, a line for each of its elements.
    var lines: [String] {
        switch self {
        case .null: []
        case .string(let text): [text]
        case .array(let elements): elements.map(\.line)
        default: indented.split(separator: "\n").map(String.init)
        }
    }

    /// An element of a list: a rule of the mapping, mostly.
    private var line: String {
        guard case .object(let fields) = self, case .string(let target)? = fields["target"] else {
            return (try? text) ?? shown
        }
        let parts = ["kind", "source", "value"].compactMap { name -> String? in
            if case .string(let text)? = fields[name] { text } else { nil }
        }
        return "\(target) ← \(parts.joined(separator: " "))"
    }
}
