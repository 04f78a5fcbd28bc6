import JSONCoding

/// Lists that say who is seen: what cannot be read in them must not look like fewer people.
extension Fields {
    /// An object, or `nil` where the member is absent or empty.
    ///
    /// - Throws: ``WeComError`` when it is anything else.
    func wholeObject(_ name: String) throws -> Fields? {
        if isEmpty(name) { return nil }
        guard let object = object(name) else { throw missing(name) }
        return object
    }

    /// Whole numbers, also written as text, or `nil` where the member is absent.
    ///
    /// - Throws: ``WeComError`` when it is no list, or one of them cannot be read.
    func wholeNumbers(_ name: String) throws -> [Int64]? {
        try wholeList(name) { element in
            switch element {
            case .integer(let number): number
            case .string(let text): Int64(text)
            default: nil
            }
        }
    }

    /// Texts, or `nil` where the member is absent.
    ///
    /// - Throws: ``WeComError`` when it is no list, or one of them is no text.
    func wholeTexts(_ name: String) throws -> [String]? {
        try wholeList(name) { element in
            guard case .string(let text) = element, !text.isEmpty else { return nil }
            return text
        }
    }

    /// The texts under `member` of a list's objects, or `nil` where the list is absent.
    ///
    /// - Throws: ``WeComError`` when it is no list of objects, or one of them has no such text.
    func wholeTexts(_ name: String, of member: String) throws -> [String]? {
        try wholeList(name) { element in
            guard case .object(let members) = element else { return nil }
            return Fields(members, path: path).text(member)
        }
    }

    private func wholeList<Element>(_ name: String, _ read: (JSONValue) -> Element?) throws -> [Element]? {
        switch member(name) {
        case nil, .null: return nil
        case .string(""): return []
        case .array(let elements):
            return try elements.map {
                guard let element = read($0) else { throw missing(name) }
                return element
            }
        default: throw missing(name)
        }
    }

    private func isEmpty(_ name: String) -> Bool {
        switch member(name) {
        case nil, .null, .string(""), .array([]): true
        default: false
        }
    }
}
