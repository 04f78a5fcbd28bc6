import JSONCoding

/// What came of reading a list.
enum ListReading {
    /// It is `null`.
    case absent
    /// All elements were taken.
    case whole
    /// Some were.
    case partly
    /// It has elements, and none was taken.
    case nothing
    /// It is no list, and nothing that plainly means one.
    case unreadable
}

extension JSONReader {
    /// Reads whole numbers; `nil` keeps the place of one that cannot be read.
    mutating func readNumbers(into numbers: inout [Int64?]) throws(JSONError) -> ListReading {
        numbers.removeAll(keepingCapacity: true)
        return try readList(
            { (reader: inout JSONReader) throws(JSONError) in Self.number(try reader.readLenientInt64()) },
            parse: { Int64($0) },
            take: { numbers.append($0) }
        )
    }

    /// Reads flags; `nil` keeps the place of one that is neither 0 nor 1.
    mutating func readFlags(into flags: inout [Int64?]) throws(JSONError) -> ListReading {
        flags.removeAll(keepingCapacity: true)
        return try readList(
            { (reader: inout JSONReader) throws(JSONError) in Self.flag(Self.number(try reader.readLenientFlag())) },
            parse: { Self.flag(Int64($0)) },
            take: { flags.append($0) }
        )
    }

    /// Reads ids of persons, without those that are none.
    mutating func readIDs(into ids: inout [String]) throws(JSONError) -> ListReading {
        ids.removeAll(keepingCapacity: true)
        return try readList(
            { (reader: inout JSONReader) throws(JSONError) in Self.id(try reader.readIdentifier()) },
            parse: { Self.id(String($0)) },
            take: { if let id = $0 { ids.append(id) } }
        )
    }

    /// Reads a list: also one element alone, `""` and `{}` for none, and a text with commas, as WeCom writes lists in
    /// its callbacks (`wecom.md` §2.5).
    ///
    /// - Parameters:
    ///   - read: Reads one element to its end.
    ///   - parse: Reads one from a text.
    ///   - take: Is given each; `nil` for one that cannot be read.
    @inline(__always)
    private mutating func readList<Element>(
        _ read: (inout JSONReader) throws(JSONError) -> Element?,
        parse: (Substring) -> Element?,
        take: (Element?) -> Void
    ) throws(JSONError) -> ListReading {
        switch try peek() {
        case .array:
            var (good, bad) = (0, 0)
            try beginArray()
            while try nextElement() {
                let element = try read(&self)
                take(element)
                if element == nil { bad += 1 } else { good += 1 }
            }
            return bad == 0 ? .whole : good == 0 ? .nothing : .partly
        case .null:
            try skipValue()
            return .absent
        case .string:
            guard case .value(let text) = try readLenientText() else { return .unreadable }
            let elements = text.split(separator: ",", omittingEmptySubsequences: false).map(parse)
            if text.isEmpty { return .whole }
            guard elements.allSatisfy({ $0 != nil }) else { return .unreadable }
            elements.forEach(take)
            return .whole
        case .number:
            guard let element = try read(&self) else { return .unreadable }
            take(element)
            return .whole
        case .object: return try skipEmptyObject() ? .whole : .unreadable
        case .boolean:
            try skipValue()
            return .unreadable
        }
    }

    /// Steps over an object, and says whether nothing is in it.
    mutating func skipEmptyObject() throws(JSONError) -> Bool {
        var object = self
        try object.beginObject()
        let isEmpty = try object.nextKey() == nil
        try skipValue()
        return isEmpty
    }

    private static func number(_ value: LenientValue<Int64>) -> Int64? {
        if case .value(let number) = value { number } else { nil }
    }

    private static func flag(_ number: Int64?) -> Int64? { number == 0 || number == 1 ? number : nil }

    private static func id(_ text: String?) -> String? { text.flatMap { TextLimits.isID($0) ? $0 : nil } }
}
