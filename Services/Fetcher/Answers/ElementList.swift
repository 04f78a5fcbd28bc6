import JSONCoding

/// Reads the objects of a list in an answer of WeCom, each as strict JSON: what leaves the fetcher is read by others'
/// readers, too.
enum ElementList {
    /// Looks for the list under `name`, and lets `take` have its elements in order: `nil` for one that is too odd to be
    /// mended.
    ///
    /// - Parameter keys: The members of an element that are looked for, two at most.
    /// - Throws: `JSONError` when the answer is not of its form, or has no such list: an answer without one
    ///   is not taken for an empty one.
    static func read(
        _ name: String,
        in body: [UInt8],
        lookingFor keys: JSONKeys,
        _ take: (ListElement?) -> Void
    ) throws(JSONError) {
        let names = JSONKeys([name])
        var reader = JSONReader(body)
        var isFound = false
        try reader.beginObject()
        while let key = try reader.nextKey(in: names) {
            guard key != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            isFound = true
            guard try !isEmptyOtherwise(&reader) else { continue }
            try reader.beginArray()
            while try reader.nextElement() {
                _ = try reader.peek()
                take(try ListElement(reading: &reader, of: body, lookingFor: keys))
            }
        }
        try reader.finish()
        guard isFound else { throw JSONError(expected: name, offset: body.count) }
    }

    /// Takes a `null` or an empty text, which stand for an empty list, and says whether it was one.
    private static func isEmptyOtherwise(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        switch try reader.peek() {
        case .null: return try reader.readNull()
        case .string:
            var ahead = reader
            guard try ahead.readString().isEmpty else { return false }
            reader = ahead
            return true
        default: return false
        }
    }
}

/// An element of a list, or a whole answer, as strict JSON.
struct ListElement {
    private let bytes: [UInt8]
    private let place: Range<Int>
    private var values = InlineArray<2, Range<Int>?>(repeating: nil)

    /// Byte for byte as WeCom wrote it, where that is strict JSON.
    var text: ArraySlice<UInt8> { bytes[place] }

    /// Reads the value that comes next, to its end; nearly always it is strict, and one pass tells.
    ///
    /// - Returns: `nil` when it is too odd to be mended.
    /// - Throws: `JSONError` when its end cannot be found.
    init?(reading reader: inout JSONReader, of body: [UInt8], lookingFor keys: JSONKeys) throws(JSONError) {
        if let element = ListElement(strict: &reader, of: body, lookingFor: keys) {
            self = element
            return
        }
        let place = try reader.skipValue()
        guard let mended = try? JSONMender.mend(body, in: place) else { return nil }
        var strict = JSONReader(mended)
        guard let element = ListElement(strict: &strict, of: mended, lookingFor: keys) else { return nil }
        self = element
    }

    private init?(strict reader: inout JSONReader, of bytes: [UInt8], lookingFor keys: JSONKeys) {
        var values = InlineArray<2, Range<Int>?>(repeating: nil)
        guard let place = reader.skipStrictValue(lookingFor: keys, { values[$0] = $1 }) else { return nil }
        self.bytes = bytes
        self.place = place
        self.values = values
    }

    /// Stands before the value of one of the keys that were looked for; `nil` where there is none.
    func reader(at key: Int) -> JSONReader? {
        values[key].map { JSONReader(bytes, in: $0) }
    }
}
