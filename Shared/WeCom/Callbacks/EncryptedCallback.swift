/// The parts of an encrypted callback, in either direction.
public struct EncryptedCallback: Sendable, Hashable {
    /// Base64 of the ciphertext.
    public let encrypted: String

    /// Over token, timestamp, nonce and ciphertext, in lower-case hexadecimal digits.
    public let signature: String

    /// Unix seconds in digits.
    public let timestamp: String

    /// Anything, by chance.
    public let nonce: String

    /// A passive reply (wecom.md §2.4).
    public var replyXML: String {
        "<xml><Encrypt><![CDATA[\(encrypted)]]></Encrypt><MsgSignature><![CDATA[\(signature)]]></MsgSignature>"
            + "<TimeStamp>\(timestamp)</TimeStamp><Nonce><![CDATA[\(nonce)]]></Nonce></xml>"
    }
}

/// The outer packet of a pushed callback, before decryption (wecom.md §2.4).
public struct CallbackPacket: Sendable, Hashable {
    /// The enterprise's corp ID or the provider's suite ID. Not signed: what counts is the decrypted receiver.
    public let receiver: String

    /// The app, for callbacks of an app.
    public let agentID: String?

    /// What is to be decrypted.
    public let encrypted: String

    /// Reads the body of a request, XML or JSON, whose names are in lower case then.
    ///
    /// Throws ``CallbackError/badXML``, ``CallbackError/badJSON`` or ``CallbackError/missingElement(_:)``.
    public init(body: [UInt8]) throws {
        let packet = try XMLElement(message: body)
        guard let encrypted = packet.text("Encrypt") ?? packet.text("encrypt") else {
            throw CallbackError.missingElement("Encrypt")
        }
        self.encrypted = encrypted
        receiver = packet.text("ToUserName") ?? packet.text("tousername") ?? ""
        agentID = packet.text("AgentID") ?? packet.text("agentid")
    }
}
