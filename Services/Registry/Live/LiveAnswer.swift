import JSONCoding

/// Reads answers of WeCom leniently: what is shown to an administrator may lack what cannot be read.
enum LiveAnswer {
    /// The objects of a list.
    static func objects(_ name: String, in body: [UInt8]) -> [[String: JSONValue]] {
        guard case .object(let answer)? = try? JSONValue(parsing: body), case .array(let list)? = answer[name] else {
            return []
        }
        return list.compactMap { element in
            if case .object(let object) = element { object } else { nil }
        }
    }

    /// A number, which WeCom also gives as a text.
    static func number(_ value: JSONValue?) -> Int64? {
        switch value {
        case .integer(let number): number
        case .string(let text): Int64(text)
        default: nil
        }
    }

    /// A text that says something, or a number as a text.
    static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .integer(let number): "\(number)"
        default: nil
        }
    }
}
