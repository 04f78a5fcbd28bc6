/// Which corp stands behind an identity provider, counted from 1: another corp is another generation, and no id of one
/// generation comes back in another (architecture.md §3.7).
public struct Generation: RawRepresentable, Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: Int64

    /// - Parameter rawValue: The number itself.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The generation of an identity provider's first corp.
    public static let first = Generation(rawValue: 1)

    /// The number in decimal digits.
    public var description: String { String(rawValue) }

    /// The next number.
    public var next: Generation { Generation(rawValue: rawValue + 1) }

    /// Orders by the number.
    public static func < (one: Generation, other: Generation) -> Bool { one.rawValue < other.rawValue }
}
