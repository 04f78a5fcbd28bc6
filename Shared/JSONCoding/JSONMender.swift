/// Writes what only our lenient reader takes for JSON as strict JSON of the same meaning, for foreign readers.
///
/// Raw control characters are escaped, ill-formed UTF-8 and lone halves of surrogate pairs become U+FFFD, a backslash
/// that begins no escape stands for itself, commas are set where they belong, and what is no number of JSON becomes a
/// text of its characters. A value that is odder is refused.
public struct JSONMender {
    private var reader: JSONReader
    private var text: [UInt8] = []

    /// Mends the value that stands in `bytes[place]`.
    ///
    /// - Throws: ``JSONError`` when it cannot be understood.
    public static func mend(_ bytes: [UInt8], in place: Range<Int>) throws(JSONError) -> [UInt8] {
        var mender = JSONMender(reader: JSONReader(bytes, in: place))
        mender.text.reserveCapacity(place.count + 32)
        try mender.mendValue(depth: 0)
        try mender.reader.finish()
        return mender.text
    }

    private init(reader: JSONReader) { self.reader = reader }

    private var next: UInt8? { reader.offset < reader.end ? reader.bytes[reader.offset] : nil }

    private func expected(_ what: String) -> JSONError { JSONError(expected: what, offset: reader.offset) }

    private mutating func mendValue(depth: Int) throws(JSONError) {
        reader.skipWhitespace()
        switch next {
        case UInt8(ascii: "{"): try mendMembers(closing: UInt8(ascii: "}"), depth: depth + 1)
        case UInt8(ascii: "["): try mendMembers(closing: UInt8(ascii: "]"), depth: depth + 1)
        case UInt8(ascii: "\""): try mendString()
        case nil: throw expected("value")
        default: try mendScalar()
        }
    }

    /// The members of an object or array, with a comma between each two of them, however they were parted.
    private mutating func mendMembers(closing: UInt8, depth: Int) throws(JSONError) {
        guard depth <= JSONReader.deepestCarried else { throw expected("shallower value") }
        text.append(reader.bytes[reader.offset])
        reader.offset += 1
        var isFirst = true
        while true {
            skipCommas()
            if next == closing { break }
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            if closing == UInt8(ascii: "}") {
                try mendString()
                try reader.expect(UInt8(ascii: ":"), "colon")
                text.append(UInt8(ascii: ":"))
            }
            try mendValue(depth: depth)
        }
        reader.offset += 1
        text.append(closing)
    }

    private mutating func skipCommas() {
        reader.skipWhitespace()
        while next == UInt8(ascii: ",") {
            reader.offset += 1
            reader.skipWhitespace()
        }
    }

    private mutating func mendScalar() throws(JSONError) {
        let place = try reader.skipValue()
        let scalar = reader.bytes[place]
        var strict = JSONReader(reader.bytes, in: place)
        let isWord = ["true", "false", "null"].contains { scalar.elementsEqual($0.utf8) }
        let isValid = isWord || strict.passNumber() && strict.offset == strict.end
        if !isValid { text.append(UInt8(ascii: "\"")) }
        text.append(contentsOf: scalar)
        if !isValid { text.append(UInt8(ascii: "\"")) }
    }

    private mutating func mendString() throws(JSONError) {
        let content = try reader.stringContent().range
        var mended: [UInt8] = []
        mended.reserveCapacity(content.count)
        var at = content.lowerBound
        while at < content.upperBound {
            switch reader.bytes[at] {
            case UInt8(ascii: "\\"):
                mendEscape(&at, limit: content.upperBound, into: &mended)
            case 0..<0x20:
                mended.append(UInt8(ascii: "\\"))
                mended.append(addingCapacity: 5) { $0.append(controlCharacter: reader.bytes[at]) }
                at += 1
            default:
                mended.append(reader.bytes[at])
                at += 1
            }
        }
        text.append(UInt8(ascii: "\""))
        text.append(contentsOf: String(decoding: mended, as: UTF8.self).utf8)
        text.append(UInt8(ascii: "\""))
    }

    private func mendEscape(_ at: inout Int, limit: Int, into mended: inout [UInt8]) {
        if let next = reader.endOfEscape(at, limit: limit) {
            mended.append(contentsOf: reader.bytes[at..<next])
            at = next
        } else if reader.codeUnit(at, limit: limit) != nil {
            mended.append(contentsOf: "\u{FFFD}".utf8)
            at += 6
        } else {
            mended.append(contentsOf: #"\\"#.utf8)
            at += 1
        }
    }
}
