import JSONCoding

/// A 128-bit digest for recognising equal content and for counting things without regard to order.
///
/// MurmurHash3 (x64, 128 bits, seed 0): fast and well spread. Whoever chooses the content can make two have the same
/// digest, so it identifies nobody: ids are drawn by SHA-256 (``UserID``), and what collides here does so within one
/// identity provider alone.
public struct ContentDigest: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible, LosslessStringConvertible {
    /// The first eight bytes.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// - Parameters:
    ///   - high: The first eight bytes.
    ///   - low: The last eight bytes.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter bytes: What to digest.
    public init(of bytes: Span<UInt8>) {
        var hasher = MurmurHash3()
        hasher.combine(bytes)
        self = hasher.finalize()
    }

    /// - Parameter bytes: What to digest.
    public init(of bytes: [UInt8]) { self.init(of: bytes.span) }

    /// - Parameter text: What to digest, as UTF-8.
    public init(of text: String) { self.init(of: text.utf8.span) }

    /// - Parameters:
    ///   - one: What to digest first.
    ///   - other: What to digest after it.
    public init(of one: ContentDigest, _ other: ContentDigest) {
        var hasher = MurmurHash3()
        hasher.combine(block: one.high, one.low)
        hasher.combine(block: other.high, other.low)
        self = hasher.finalize()
    }

    /// The digest of nothing, where a sum starts.
    public static let zero = ContentDigest(high: 0, low: 0)

    /// Adds without regard to order: the sum of the same digests is the same in whatever order they come.
    public static func &+ (one: ContentDigest, other: ContentDigest) -> ContentDigest {
        let (low, carry) = one.low.addingReportingOverflow(other.low)
        return ContentDigest(high: one.high &+ other.high &+ (carry ? 1 : 0), low: low)
    }

    /// Takes one digest out of a sum again.
    public static func &- (one: ContentDigest, other: ContentDigest) -> ContentDigest {
        let (low, borrow) = one.low.subtractingReportingOverflow(other.low)
        return ContentDigest(high: one.high &- other.high &- (borrow ? 1 : 0), low: low)
    }

    /// - Parameter description: 32 hexadecimal digits.
    public init?(_ description: String) {
        let text = description.utf8
        let digits = text.span
        guard digits.count == 32, let high = Hexadecimal.number(digits), let low = Hexadecimal.number(digits, at: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 hexadecimal digits.
    public var description: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = Hexadecimal.digits(of: value)
        return String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
    }

    /// The digest is spread well already.
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

extension ContentDigest: Codable {
    /// Decodes the 32 digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 32 hexadecimal digits")
        }
        self = value
    }

    /// Encodes the 32 digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
