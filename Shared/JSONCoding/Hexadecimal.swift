/// Hexadecimal digits, one by one, for what is written too often for `String(_:radix:)`.
public enum Hexadecimal {
    /// The digit of a value below 16, in lower case.
    @inline(__always)
    public static func digit(of value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The value of a digit in either case; `nil` for what is none.
    @inline(__always)
    public static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The two digits of each byte of `number`, most significant first.
    public static func digits(of number: UInt64) -> InlineArray<16, UInt8> {
        InlineArray { index in
            digit(of: UInt8(truncatingIfNeeded: number >> (60 - 4 * UInt64(index))) & 15)
        }
    }

    /// The number that sixteen digits stand for; `nil` if one of them is no digit.
    ///
    /// - Parameter start: Where they begin.
    @inline(__always)
    public static func number(_ digits: Span<UInt8>, at start: Int = 0) -> UInt64? {
        var number: UInt64 = 0
        for index in start..<start + 16 {
            guard let value = value(of: digits[index]) else { return nil }
            number = number << 4 | UInt64(value)
        }
        return number
    }

    /// The digits of bytes, two for each.
    public static func digits(of bytes: Span<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.count)
        for index in bytes.indices {
            digits.append(digit(of: bytes[index] >> 4))
            digits.append(digit(of: bytes[index] & 15))
        }
        return digits
    }

    /// The bytes that digits stand for; `nil` if one of them is no digit, or their number is odd.
    public static func bytes(of digits: Span<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
