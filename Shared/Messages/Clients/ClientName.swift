/// What a client calls itself: `client_id` of RFC 6749 §2.2. 1 to 200 visible ASCII characters.
public struct ClientName: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// How long a name may be, in bytes.
    public static let length = 1...200

    /// The name.
    public let description: String

    /// - Parameter description: What a client says that it is.
    public init?(_ description: String) {
        guard Self.length.contains(description.utf8.count),
            description.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.description = description
    }

    /// The name of a client that was given none: its id.
    public init(of client: ClientID) { description = client.description }
}

extension ClientName: Codable {
    /// Decodes the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a client's name")
        }
        self = value
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
