/// The number of a holder of a run: it grows by one with each who takes the run over (architecture.md §3).
public struct Fence: RawRepresentable, Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: Int64

    /// - Parameter rawValue: The number itself.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The number in decimal digits.
    public var description: String { String(rawValue) }

    /// The next number.
    public var next: Fence { Fence(rawValue: rawValue + 1) }

    /// Orders by the number.
    public static func < (one: Fence, other: Fence) -> Bool { one.rawValue < other.rawValue }
}
