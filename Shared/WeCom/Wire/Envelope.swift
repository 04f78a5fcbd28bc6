import JSONCoding

/// The frame of every answer: `errcode`, `errmsg`, and whether the JSON is whole (wecom.md §0.2).
struct Envelope {
    private(set) var code = 0
    private(set) var message = ""

    private static let keys = JSONKeys(["errcode", "errmsg"])

    /// Steps over the top level of an answer, about 1 µs per person in a list.
    ///
    /// Throws ``JSONError`` when the body is not one whole object.
    init(_ body: [UInt8]) throws(JSONError) {
        var reader = JSONReader(body)
        try reader.beginObject()
        while try readMember(&reader) != nil {}
        try reader.finish()
    }

    /// Reads only until code and message were seen, with which WeCom begins: whoever reads the rest finds out whether
    /// it is whole.
    ///
    /// Throws ``JSONError`` when the body is no object so far.
    init(beginning body: [UInt8]) throws(JSONError) {
        var reader = JSONReader(body)
        var seen: Set<Int> = []
        try reader.beginObject()
        while seen.count < 2, let key = try readMember(&reader) {
            if key != JSONKeys.unknown { seen.insert(key) }
        }
    }

    /// Returns which of the keys it was; `nil` once the object has ended. A code that cannot be read is no success.
    private mutating func readMember(_ reader: inout JSONReader) throws(JSONError) -> Int? {
        guard let key = try reader.nextKey(in: Self.keys) else { return nil }
        switch (key, try reader.peek()) {
        case (0, _): code = try Self.code(&reader)
        case (1, .string): message = try reader.readString()
        default: try reader.skipValue()
        }
        return key
    }

    private static func code(_ reader: inout JSONReader) throws(JSONError) -> Int {
        let start = reader.offset
        switch try reader.readLenientInt64() {
        case .value(let code): return Int(code)
        case .absent: return 0
        case .unreadable: throw JSONError(expected: "errcode", offset: start)
        }
    }

    /// What stands in `hint: [ … ]`.
    var hint: String? {
        guard let start = message.firstRange(of: "hint:") else { return nil }
        let rest = message[start.upperBound...].drop { $0 == " " || $0 == "[" }
        let hint = rest.prefix { $0 != "]" && $0 != "," }
        return hint.isEmpty ? nil : String(hint)
    }
}
