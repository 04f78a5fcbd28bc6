/// A secret encrypted for rest: in a table, in a topic. One string, `v1.<key id>.<base64url of nonce, ciphertext, tag>`.
///
/// The form is checked when it is parsed or decoded; whether it opens is known only to ``SealingKeys``.
public struct SealedSecret: Sendable, Hashable {
    /// The string that is stored.
    public let text: String

    /// Which key sealed it.
    public let keyID: String

    /// Nonce, ciphertext and tag.
    let box: [UInt8]

    static let version = "v1"

    /// Nonce and tag of AES-GCM, which every box has.
    private static let overhead = 12 + 16

    init(keyID: String, box: [UInt8]) {
        self.keyID = keyID
        self.box = box
        self.text = "\(Self.version).\(keyID).\(Base64URL.encode(box))"
    }

    /// Parses the stored form.
    ///
    /// Throws ``SealingError/malformedSecret``.
    public init(_ text: String) throws {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard
            parts.count == 3, parts[0] == Self.version, SealingKeys.isKeyID(parts[1]),
            let box = Base64URL.decode(parts[2]), box.count >= Self.overhead
        else { throw SealingError.malformedSecret }
        self.init(keyID: String(parts[1]), box: box)
    }
}

extension SealedSecret: Codable {
    /// Reads the one string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(container.decode(String.self))
        } catch let error as SealingError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Writes the one string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension SealedSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<sealed>`.
    public var description: String { "<sealed>" }

    /// Always `<sealed>`.
    public var debugDescription: String { description }

    /// Shows nothing to `dump` and to string interpolation of whatever holds the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
