import JSONCoding

/// Digests, written as one text of 32 hexadecimal digits each.
public struct DigestList: Equatable, Sendable {
    static let digitsPerDigest = 32

    /// The digests, in their order.
    public var digests: [ContentDigest]

    /// - Parameter digests: The digests, in their order.
    public init(_ digests: [ContentDigest]) { self.digests = digests }
}

extension DigestList: Codable {
    /// Decodes the digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        var digits = Substring(try container.decode(String.self))
        digests = []
        while !digits.isEmpty {
            guard let digest = ContentDigest(String(digits.prefix(Self.digitsPerDigest))) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 32 digits for each digest")
            }
            digests.append(digest)
            digits = digits.dropFirst(Self.digitsPerDigest)
        }
    }

    /// Encodes the digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digests.map(\.description).joined())
    }
}

/// The hot reader and writer.
extension DigestList {
    static func read(_ reader: inout JSONReader) throws(JSONError) -> DigestList {
        var list = DigestList([])
        try reader.readHexadecimal { high, low in list.digests.append(ContentDigest(high: high, low: low)) }
        return list
    }

    func write(to writer: inout JSONWriter) {
        writer.write(hexadecimals: digests.count) { (digests[$0].high, digests[$0].low) }
    }
}
