/// Reads one XML document of the kind that ``XMLElement`` describes.
struct XMLReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func readDocument() throws(CallbackError) -> XMLElement {
        _ = take("\u{FEFF}")
        skipWhitespace()
        if take("<?xml") { try skip(past: "?>") }
        try skipWhitespaceAndComments()
        let root = try readElement(depth: 1)
        try skipWhitespaceAndComments()
        guard offset == bytes.count else { throw .badXML }
        return root
    }

    private mutating func readElement(depth: Int) throws(CallbackError) -> XMLElement {
        guard depth <= XMLElement.maximumDepth, take("<") else { throw .badXML }
        var element = XMLElement(name: try readName())
        if try endOfTagIsEmpty() { return element }
        while !take("</") {
            if take("<![CDATA[") {
                element.text += try readUntil("]]>")
            } else if take("<!--") {
                try skip(past: "-->")
            } else if offset < bytes.count, bytes[offset] == UInt8(ascii: "<") {
                element.children.append(try readElement(depth: depth + 1))
            } else {
                element.text += try readText()
            }
        }
        guard try readName() == element.name else { throw .badXML }
        skipWhitespace()
        guard take(">") else { throw .badXML }
        return element
    }

    private mutating func readName() throws(CallbackError) -> String {
        let start = offset
        while offset < bytes.count, isNameByte(bytes[offset]) { offset += 1 }
        guard offset > start else { throw .badXML }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        IdentifierText.isLetterOrDigit(byte) || "_-.:".utf8.contains(byte)
    }

    /// Steps over attributes to the end of an opening tag, and says whether the element ends with it.
    private mutating func endOfTagIsEmpty() throws(CallbackError) -> Bool {
        while true {
            skipWhitespace()
            if take("/>") { return true }
            if take(">") { return false }
            _ = try readName()
            skipWhitespace()
            guard take("=") else { throw .badXML }
            skipWhitespace()
            if take("\"") {
                try skip(past: "\"")
            } else if take("'") {
                try skip(past: "'")
            } else {
                throw .badXML
            }
        }
    }

    /// Character data up to the next tag, with references replaced and without the white space around it.
    private mutating func readText() throws(CallbackError) -> String {
        var text: [UInt8] = []
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") {
            if take("&") {
                text += Array(String(try readReference()).utf8)
            } else {
                text.append(bytes[offset])
                offset += 1
            }
        }
        guard offset < bytes.count else { throw .badXML }
        let isBlank: (UInt8) -> Bool = { Self.isWhitespace($0) }
        let trimmed = text.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return String(decoding: trimmed, as: UTF8.self)
    }

    private mutating func readReference() throws(CallbackError) -> Character {
        let name = try readUntil(";", limit: 12)
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let isHexadecimal = name.hasPrefix("#x")
            guard
                name.hasPrefix("#"),
                let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
                let scalar = Unicode.Scalar(number)
            else { throw .badXML }
            return Character(scalar)
        }
    }

    // MARK: Bytes

    private mutating func take(_ word: String) -> Bool {
        let word = word.utf8
        guard bytes.count - offset >= word.count, bytes[offset..<offset + word.count].elementsEqual(word) else {
            return false
        }
        offset += word.count
        return true
    }

    private mutating func readUntil(_ end: String, limit: Int = XMLElement.maximumBytes) throws(CallbackError) -> String
    {
        let (start, first) = (offset, end.utf8.first)
        while offset < bytes.count, offset - start <= limit {
            let at = offset
            if bytes[offset] == first, take(end) { return String(decoding: bytes[start..<at], as: UTF8.self) }
            offset += 1
        }
        throw .badXML
    }

    private mutating func skip(past end: String) throws(CallbackError) {
        let first = end.utf8.first
        while offset < bytes.count {
            if bytes[offset] == first, take(end) { return }
            offset += 1
        }
        throw .badXML
    }

    private mutating func skipWhitespace() {
        while offset < bytes.count, Self.isWhitespace(bytes[offset]) { offset += 1 }
    }

    private mutating func skipWhitespaceAndComments() throws(CallbackError) {
        skipWhitespace()
        while take("<!--") {
            try skip(past: "-->")
            skipWhitespace()
        }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
