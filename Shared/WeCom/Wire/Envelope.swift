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
        while let key = try reader.nextKey(in: Self.keys) {
            switch (key, try reader.peek()) {
            case (0, .number): code = Int(try reader.readInt64())
            case (0, .string): code = Int(try reader.readString()) ?? 0
            case (1, .string): message = try reader.readString()
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    /// What stands in `hint: [ … ]`.
    var hint: String? {
        guard let start = message.firstRange(of: "hint:") else { return nil }
        let rest = message[start.upperBound...].drop { $0 == " " || $0 == "[" }
        let hint = rest.prefix { $0 != "]" && $0 != "," }
        return hint.isEmpty ? nil : String(hint)
    }
}
