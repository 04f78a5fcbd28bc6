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
}
