/// Pulls values out of a JSON text, byte by byte, without building a tree.
///
/// Foundation's decoder costs 20–25 µs for one WeCom user, this about a tenth of it (platform.md).
/// The reader is lenient where WeCom is (`wecom.md` §0.2): raw control characters inside strings are
/// taken as they are, and broken UTF-8 is repaired. A truncated answer is an error, and so is a value of another kind
/// than the one that is asked for; a comma that is missing is not noticed, and what is stepped over is not looked at
/// closer. What has to be JSON for others, too, is stepped over by ``skipStrictValue(lookingFor:_:)``, and mended by
/// ``JSONMender`` where that refuses it.
public struct JSONReader: Sendable {
    let bytes: [UInt8]
    let end: Int
    /// Offset of the next byte to be read.
    public internal(set) var offset: Int

    /// - Parameters:
    ///   - bytes: The text in UTF-8.
    ///   - range: The part of `bytes` to read, the whole by default.
    public init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        let range = range ?? 0..<bytes.count
        offset = range.lowerBound
        end = range.upperBound
    }

    // MARK: Objects

    /// Steps into an object.
    public mutating func beginObject() throws(JSONError) {
        try expect(UInt8(ascii: "{"), "object")
    }

    /// Steps to the next key of the object: its position in `keys`, ``JSONKeys/unknown`` for
    /// one that is not among them, `nil` once the object has ended. The value comes next.
    public mutating func nextKey(in keys: JSONKeys) throws(JSONError) -> Int? {
        if let range = plainKeyRange() { return keys.match(bytes.span, range) }
        guard let range = try nextKeyRange()?.range else { return nil }
        return keys.match(bytes.span, range)
    }

    /// Steps to the next key of the object, whatever it is; `nil` once the object has ended.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard let content = try nextKeyRange() else { return nil }
        return try string(content)
    }

    /// Steps to the next key, if it stands there as programs write it: without white space and escapes.
    private mutating func plainKeyRange() -> Range<Int>? {
        var start = offset
        if start < end, bytes[start] == UInt8(ascii: ",") { start += 1 }
        guard start < end, bytes[start] == UInt8(ascii: "\"") else { return nil }
        start += 1
        let stop = ByteScan.endOfPlainText(bytes.span, from: start, to: end)
        guard stop + 1 < end, bytes[stop] == UInt8(ascii: "\""), bytes[stop + 1] == UInt8(ascii: ":") else {
            return nil
        }
        offset = stop + 2
        return start..<stop
    }

    private mutating func nextKeyRange() throws(JSONError) -> StringContent? {
        guard try hasNext(closing: UInt8(ascii: "}")) else { return nil }
        let content = try stringContent()
        try expect(UInt8(ascii: ":"), "colon")
        return content
    }

    // MARK: Arrays

    /// Steps into an array.
    public mutating func beginArray() throws(JSONError) {
        try expect(UInt8(ascii: "["), "array")
    }

    /// Whether the array has another element, which then comes next.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try hasNext(closing: UInt8(ascii: "]"))
    }

    // MARK: Values

    /// The kind of the value that comes next.
    public mutating func peek() throws(JSONError) -> JSONKind {
        skipWhitespace()
        guard offset < end, let kind = JSONKind(startingWith: bytes[offset]) else {
            throw JSONError(expected: "value", offset: offset)
        }
        return kind
    }

    /// Reads a string.
    public mutating func readString() throws(JSONError) -> String {
        skipWhitespace()
        return try string(stringContent())
    }

    /// Reads a string, or nothing for `null`.
    public mutating func readStringOrNull() throws(JSONError) -> String? {
        if offset < end, bytes[offset] == UInt8(ascii: "\"") { return try string(stringContent()) }
        return try readNull() ? nil : readString()
    }

    /// Reads a whole number.
    public mutating func readInt64() throws(JSONError) -> Int64 {
        skipWhitespace()
        var at = offset
        let isNegative = at < end && bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        var value: Int64 = 0
        let digits = at
        while at < end, case let digit = bytes[at] &- UInt8(ascii: "0"), digit < 10 {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { throw JSONError(expected: "64-bit number", offset: offset) }
            value = sum
            at += 1
        }
        guard at > digits, isNegative || value != .min, !startsFraction(at) else {
            throw JSONError(expected: "whole number", offset: offset)
        }
        offset = at
        return isNegative ? value : -value
    }

    /// Reads a whole number, or nothing for `null`.
    public mutating func readInt64OrNull() throws(JSONError) -> Int64? {
        try readNull() ? nil : readInt64()
    }

    /// Reads `true` or `false`.
    public mutating func readBool() throws(JSONError) -> Bool {
        skipWhitespace()
        if skip("true") { return true }
        if skip("false") { return false }
        throw JSONError(expected: "true or false", offset: offset)
    }

    /// Takes a `null` if one comes next, and says whether it did.
    public mutating func readNull() throws(JSONError) -> Bool {
        skipWhitespace()
        return skip("null")
    }

    /// The bytes of the next value as they stand, without reading them closer.
    public mutating func readRaw() throws(JSONError) -> [UInt8] {
        Array(bytes[try skipValue()])
    }

    /// Checks that nothing but white space follows.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard offset == end else { throw JSONError(expected: "end", offset: offset) }
    }
}

/// What a JSON value can be.
public enum JSONKind: Sendable {
    case object, array, string, number, boolean, null

    init?(startingWith byte: UInt8) {
        switch byte {
        case UInt8(ascii: "{"): self = .object
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "\""): self = .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .boolean
        case UInt8(ascii: "n"): self = .null
        default: return nil
        }
    }
}
