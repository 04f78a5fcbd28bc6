import NIOCore

/// A message for a provider, not yet encrypted.
struct CallbackPush: Sendable {
    let message: String
    /// Corp or suite.
    let receiver: String
    let url: String
    var isJSON = false
}

/// A callback as it goes over the wire.
struct CallbackRequest: Sendable {
    var timestamp: String
    var nonce: String
    var signature: String
    var encrypted: String
    var toUserName: String
    var isJSON = false

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
        if isJSON {
            let members: JSON = [
                "tousername": .string(toUserName), "encrypt": .string(encrypted), "agentid": .string(""),
            ]
            return String(buffer: members.bytes)
        }
        return xml
    }

    private var xml: String {
        "<xml><ToUserName><![CDATA[\(toUserName)]]></ToUserName><AgentID><![CDATA[]]></AgentID>"
            + "<Encrypt><![CDATA[\(encrypted)]]></Encrypt></xml>"
    }

    /// The base64 text so that a `+` survives in a query (wecom.md §2.3).
    var percentEncoded: String {
        encrypted.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
    }
}
