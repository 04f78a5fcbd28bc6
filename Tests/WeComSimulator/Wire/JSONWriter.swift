import NIOCore

/// Writes JSON straight into text, for the lists that are too long to build as values first. Text and not a byte
/// buffer: in debug builds, in which tests run, appending to a string is many times faster.
struct JSONWriter: Sendable {
    /// What becomes of control characters inside a string.
    enum ControlCharacters: Sendable {
        /// `\u0009`, as the standard asks.
        case escaped
        /// The bare byte, which WeCom does send (wecom.md §0.2).
        case raw
    }

    private var text = ""
    private let controlCharacters: ControlCharacters
    private var needsComma = false

    init(reserving capacity: Int = 512, controlCharacters: ControlCharacters = .escaped) {
        text.reserveCapacity(capacity)
        self.controlCharacters = controlCharacters
    }

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        begin("{")
        members(&self)
        end("}")
    }

    mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        begin("[")
        for element in elements { write(&self, element) }
        end("]")
    }

    /// Opens an object or array that is closed by `end`, for output that is written in portions.
    mutating func begin(_ bracket: String) {
        separate()
        text.append(bracket)
        needsComma = false
    }

    mutating func end(_ bracket: String) {
        text.append(bracket)
        needsComma = true
    }

    /// - Parameter name: holds nothing that needs escaping
    mutating func name(_ name: String) {
        separate()
        text.append("\"")
        text.append(name)
        text.append("\":")
        needsComma = false
    }

    mutating func string(_ value: String) {
        separate()
        quoted(value)
        needsComma = true
    }

    mutating func integer(_ value: Int) { bare(String(value)) }

    mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        integer(value)
    }

    mutating func member(_ name: String, _ values: some Sequence<Int>) {
        self.name(name)
        array(values) { $0.integer($1) }
    }

    mutating func member(_ name: String, _ values: some Sequence<String>) {
        self.name(name)
        array(values) { $0.string($1) }
    }

    mutating func value(_ json: JSON) {
        switch json {
        case .null: bare("null")
        case .bool(let value): bare(value ? "true" : "false")
        case .integer(let value): bare(String(value))
        case .number(let value): bare(String(value))
        case .string(let value): string(value)
        case .array(let values): array(values) { $0.value($1) }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.name(member.name)
                    writer.value(member.value)
                }
            }
        }
    }

    /// Hands over what was written so far and goes on with an empty buffer.
    mutating func takePortion() -> ByteBuffer {
        defer { text.removeAll(keepingCapacity: true) }
        return buffer
    }

    /// What was written so far.
    var buffer: ByteBuffer { ByteBuffer(string: text) }

    private mutating func bare(_ value: String) {
        separate()
        text.append(value)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { text.append(",") }
    }

    private mutating func quoted(_ value: String) {
        text.append("\"")
        if Self.isPlain(value) {
            text.append(value)
        } else {
            for scalar in value.unicodeScalars { escape(scalar) }
        }
        text.append("\"")
    }

    private static func isPlain(_ value: String) -> Bool {
        for byte in value.utf8 where byte < 0x20 || byte == 0x22 || byte == 0x5C { return false }
        return true
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": text.append("\\\"")
        case "\\": text.append("\\\\")
        case "\u{0}"..<" " where controlCharacters == .escaped:
            let digits = String(scalar.value, radix: 16)
            text.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: text.unicodeScalars.append(scalar)
        }
    }
}

extension JSON {
    /// These bytes on the wire.
    var bytes: ByteBuffer {
        var writer = JSONWriter()
        writer.value(self)
        return writer.buffer
    }
}
