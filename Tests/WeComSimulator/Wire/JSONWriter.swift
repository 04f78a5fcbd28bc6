import NIOCore

/// Writes JSON straight into bytes, for the lists that are too long to build as values first.
struct JSONWriter: Sendable {
    /// What becomes of control characters inside a string.
    enum ControlCharacters: Sendable {
        /// `\u0009`, as the standard asks.
        case escaped
        /// The bare byte, which WeCom does send (wecom.md §0.2).
        case raw
    }

    private(set) var buffer: ByteBuffer
    private let controlCharacters: ControlCharacters
    private var needsComma = false

    init(reserving capacity: Int = 512, controlCharacters: ControlCharacters = .escaped) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
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
        buffer.writeString(bracket)
        needsComma = false
    }

    mutating func end(_ bracket: String) {
        buffer.writeString(bracket)
        needsComma = true
    }

    mutating func name(_ name: String) {
        separate()
        quoted(name)
        buffer.writeString(":")
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
        defer { buffer = ByteBufferAllocator().buffer(capacity: buffer.writerIndex) }
        return buffer
    }

    private mutating func bare(_ text: String) {
        separate()
        buffer.writeString(text)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { buffer.writeString(",") }
    }

    private mutating func quoted(_ text: String) {
        buffer.writeString("\"")
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
            buffer.writeString(text)
        } else {
            for byte in text.utf8 { escape(byte) }
        }
        buffer.writeString("\"")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: buffer.writeString("\\\"")
        case 0x5C: buffer.writeString("\\\\")
        case 0..<0x20 where controlCharacters == .escaped:
            let digits = String(byte, radix: 16)
            buffer.writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: buffer.writeInteger(byte)
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
