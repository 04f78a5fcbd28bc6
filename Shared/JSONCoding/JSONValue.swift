/// Any JSON value as a tree: for the few places that must look at JSON without knowing its form.
public indirect enum JSONValue: Hashable, Sendable {
    /// An object; the order of its keys does not matter.
    case object([String: JSONValue])
    /// An array.
    case array([JSONValue])
    /// A string.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// Another number.
    case number(Double)
    /// `true` or `false`.
    case boolean(Bool)
    /// `null`.
    case null

    /// - Throws: ``JSONError`` when `bytes` is not one whole JSON value.
    public init(parsing bytes: [UInt8]) throws {
        var reader = JSONReader(bytes)
        self = try Self.read(&reader, depth: 0)
        try reader.finish()
    }

    /// The value as JSON text, keys in order.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    private static func read(_ reader: inout JSONReader, depth: Int) throws(JSONError) -> JSONValue {
        switch try reader.peek() {
        case .object: return try readObject(&reader, depth: deeper(than: depth, reader.offset))
        case .array: return try readArray(&reader, depth: deeper(than: depth, reader.offset))
        case .string: return .string(try reader.readString())
        case .boolean: return .boolean(try reader.readBool())
        case .null:
            guard try reader.readNull() else { throw JSONError(expected: "null", offset: reader.offset) }
            return .null
        case .number:
            let text = String(decoding: try reader.readRaw(), as: UTF8.self)
            if let integer = Int64(text) { return .integer(integer) }
            guard let number = Double(text), number.isFinite else {
                throw JSONError(expected: "number", offset: reader.offset)
            }
            return .number(number)
        }
    }

    private static func deeper(than depth: Int, _ offset: Int) throws(JSONError) -> Int {
        guard depth < JSONReader.deepestNesting else { throw JSONError(expected: "shallower value", offset: offset) }
        return depth + 1
    }

    private static func readObject(_ reader: inout JSONReader, depth: Int) throws(JSONError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        try reader.beginObject()
        while let key = try reader.nextKey() { members[key] = try read(&reader, depth: depth) }
        return .object(members)
    }

    private static func readArray(_ reader: inout JSONReader, depth: Int) throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        try reader.beginArray()
        while try reader.nextElement() { elements.append(try read(&reader, depth: depth)) }
        return .array(elements)
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .object(let members):
            writer.beginObject()
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                writer.key(escaping: key)
                value.write(to: &writer)
            }
            writer.endObject()
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .string(let text): writer.write(text)
        case .integer(let number): writer.write(number)
        case .number(let number): writer.write(raw: Array("\(number)".utf8))
        case .boolean(let flag): writer.write(flag)
        case .null: writer.writeNull()
        }
    }
}

extension JSONValue: Codable {
    /// Decodes whatever comes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .boolean(flag)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let elements = try? container.decode([JSONValue].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Encodes the value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let members): try container.encode(members)
        case .array(let elements): try container.encode(elements)
        case .string(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .boolean(let flag): try container.encode(flag)
        case .null: try container.encodeNil()
        }
    }
}

extension RawJSON: Codable {
    /// Decodes any value; the bytes are then of our own writing.
    public init(from decoder: any Decoder) throws {
        self.init(bytes: try JSONValue(from: decoder).bytes)
    }

    /// Encodes the value that the bytes spell.
    public func encode(to encoder: any Encoder) throws {
        try JSONValue(parsing: bytes).encode(to: encoder)
    }
}
