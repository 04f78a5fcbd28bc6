/// The number of an identity provider's rules and extended fields: it grows only when those change, so that revisions
/// of one number map alike (architecture.md §3.2).
public struct MappingNumber: RawRepresentable, Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: Int64

    /// - Parameter rawValue: The number itself.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The number of the rules that an identity provider begins with.
    public static let first = MappingNumber(rawValue: 1)

    /// The number in decimal digits.
    public var description: String { String(rawValue) }

    /// The next number.
    public var next: MappingNumber { MappingNumber(rawValue: rawValue + 1) }

    /// Orders by the number.
    public static func < (one: MappingNumber, other: MappingNumber) -> Bool { one.rawValue < other.rawValue }
}
