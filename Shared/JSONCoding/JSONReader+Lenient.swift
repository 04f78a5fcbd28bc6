/// What a value came to that was read leniently.
public enum LenientValue<Value: Sendable>: Sendable {
    /// `null`.
    case absent
    /// What it plainly means.
    case value(Value)
    /// Nothing plain.
    case unreadable
}

extension LenientValue: Equatable where Value: Equatable {}

/// Values whose meaning is plain though they are of another type than asked for, as long as the text is JSON. What
/// means nothing plain is stepped over.
extension JSONReader {
    /// Reads a text: also a number, as it is written, and `true` or `false`.
    public mutating func readLenientText() throws(JSONError) -> LenientValue<String> {
        switch try peek() {
        case .string:
            let content = try stringContent()
            do throws(JSONError) { return .value(try string(content)) } catch { return .unreadable }
        case .null: return try absent()
        case .number, .boolean: return .value(String(decoding: bytes[try skipValue()], as: UTF8.self))
        case .object, .array: return try unreadable()
        }
    }

    /// Reads a whole number: also one written as a text, or with a fraction of nothing.
    public mutating func readLenientInt64() throws(JSONError) -> LenientValue<Int64> {
        let start = offset
        switch try peek() {
        case .null: return try absent()
        case .number:
            do throws(JSONError) { return .value(try readInt64()) } catch { offset = start }
            let text = String(decoding: bytes[try skipValue()], as: UTF8.self)
            // Beyond that a double is not exact.
            guard let number = Double(text), number.magnitude < 0x1p53 else { return .unreadable }
            let whole = Int64(number)
            return Double(whole) == number ? .value(whole) : .unreadable
        case .string:
            guard case .value(let text) = try readLenientText(), let number = Int64(text) else { return .unreadable }
            return .value(number)
        case .boolean, .object, .array: return try unreadable()
        }
    }

    /// Reads a flag that is 0 or 1: also `true` and `false`, and each of them as a text. Other numbers are returned as
    /// they are.
    public mutating func readLenientFlag() throws(JSONError) -> LenientValue<Int64> {
        let start = offset
        switch try peek() {
        case .boolean: return .value(try readBool() ? 1 : 0)
        case .string:
            let text = try readLenientText()
            if case .value("true") = text { return .value(1) }
            if case .value("false") = text { return .value(0) }
            offset = start
        default: break
        }
        return try readLenientInt64()
    }

    /// Reads what names an object: a text, or a whole number, which becomes its decimal digits. Nothing else does.
    public mutating func readIdentifier() throws(JSONError) -> String? {
        switch try peek() {
        case .string:
            guard case .value(let text) = try readLenientText() else { return nil }
            return text
        case .number:
            let start = offset
            do throws(JSONError) { return String(try readInt64()) } catch { offset = start }
            try skipValue()
            return nil
        default:
            try skipValue()
            return nil
        }
    }

    private mutating func absent<Value>() throws(JSONError) -> LenientValue<Value> {
        try skipValue()
        return .absent
    }

    private mutating func unreadable<Value>() throws(JSONError) -> LenientValue<Value> {
        try skipValue()
        return .unreadable
    }
}
