import JSONCoding

/// The fields of a small answer, read as leniently as WeCom writes them.
struct Fields {
    private let members: [String: JSONValue]
    let path: String

    init(_ body: [UInt8], path: String) throws {
        guard case .object(let members)? = try? JSONValue(parsing: body) else {
            throw WeComError(.incompleteBody, path: path)
        }
        self.init(members, path: path)
    }

    init(_ members: [String: JSONValue], path: String) {
        self.members = members
        self.path = path
    }

    /// The first of these spellings that is a string and not empty. Numbers count as strings.
    func text(_ names: String...) -> String? {
        for name in names {
            switch members[name] {
            case .string(let text) where !text.isEmpty: return text
            case .integer(let number): return String(number)
            default: continue
            }
        }
        return nil
    }

    func requiredText(_ name: String) throws -> String {
        guard let text = text(name) else { throw missing(name) }
        return text
    }

    /// The answer lacks what it always has, or has it in a form that is not known.
    func missing(_ name: String) -> WeComError { WeComError(.missingField(name), path: path) }

    func member(_ name: String) -> JSONValue? { members[name] }

    /// A whole number, also one written as a string.
    func number(_ name: String) -> Int64? {
        switch members[name] {
        case .integer(let number): number
        case .number(let number): Int64(exactly: number.rounded())
        case .string(let text): Int64(text)
        default: nil
        }
    }

    /// A flag, also one written as 0 or 1.
    func flag(_ name: String) -> Bool? {
        if case .boolean(let flag) = members[name] { return flag }
        return number(name).map { $0 != 0 }
    }

    func object(_ name: String) -> Fields? {
        guard case .object(let members) = members[name] else { return nil }
        return Fields(members, path: path)
    }

    func objects(_ name: String) -> [Fields] {
        list(name).compactMap { element in
            guard case .object(let members) = element else { return nil }
            return Fields(members, path: path)
        }
    }

    func texts(_ name: String) -> [String] {
        list(name).compactMap { element in
            guard case .string(let text) = element else { return nil }
            return text
        }
    }

    func numbers(_ name: String) -> [Int64] {
        list(name).compactMap { element in
            switch element {
            case .integer(let number): number
            case .string(let text): Int64(text)
            default: nil
            }
        }
    }

    private func list(_ name: String) -> [JSONValue] {
        guard case .array(let elements) = members[name] else { return [] }
        return elements
    }
}
