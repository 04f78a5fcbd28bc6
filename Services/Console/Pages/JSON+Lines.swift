import Runtime

extension JSON {
    /// The value as people read it; of a list, a line for each of its elements.
    var lines: [String] {
        switch self {
        case .null: []
        case .string(let text): [text]
        case .array(let elements): elements.map { (try? $0.text) ?? $0.shown }
        default: indented.split(separator: "\n").map(String.init)
        }
    }
}
