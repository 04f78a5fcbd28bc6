/// The number of a state of what is configured, such as an identity provider: it only grows.
public struct Revision: RawRepresentable, Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: Int64

    /// - Parameter rawValue: The number itself.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The number in decimal digits.
    public var description: String { String(rawValue) }

    /// The next number.
    public var next: Revision { Revision(rawValue: rawValue + 1) }

    /// Orders by the number.
    public static func < (one: Revision, other: Revision) -> Bool { one.rawValue < other.rawValue }
}
