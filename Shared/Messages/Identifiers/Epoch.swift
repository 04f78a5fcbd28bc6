/// The number of a run of an identity provider: it only grows (architecture.md §3).
public struct Epoch: RawRepresentable, Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: Int64

    /// - Parameter rawValue: The number itself.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The number in decimal digits.
    public var description: String { String(rawValue) }

    /// The next number.
    public var next: Epoch { Epoch(rawValue: rawValue + 1) }

    /// Orders by the number.
    public static func < (one: Epoch, other: Epoch) -> Bool { one.rawValue < other.rawValue }
}
