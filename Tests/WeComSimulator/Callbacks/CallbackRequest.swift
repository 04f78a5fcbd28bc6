/// A callback as it goes over the wire.
struct CallbackRequest: Sendable {
    var timestamp: String
    var nonce: String
    var signature: String
    var encrypted: String
    var toUserName: String

    /// Encrypts the message under a fresh nonce.
    init(_ message: String, receiver: String, toUserName: String, crypto: CallbackCrypto, second: Int) throws {
        timestamp = String(second)
        nonce = String(UInt32.random(in: 100_000_000...UInt32.max))
        encrypted = try crypto.encrypt(Array(message.utf8), receiver: receiver)
        signature = crypto.signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted)
        self.toUserName = toUserName
    }

    var query: String { "msg_signature=\(signature)&timestamp=\(timestamp)&nonce=\(nonce)" }

    var body: String {
        "<xml><ToUserName><![CDATA[\(toUserName)]]></ToUserName><AgentID><![CDATA[]]></AgentID>"
            + "<Encrypt><![CDATA[\(encrypted)]]></Encrypt></xml>"
    }

    /// The base64 text so that a `+` survives in a query (wecom.md §2.3).
    var percentEncoded: String {
        encrypted.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
    }
}
