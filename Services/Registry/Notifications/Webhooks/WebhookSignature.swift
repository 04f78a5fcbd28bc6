import Crypto
import FoundationEssentials
import Sealing

/// What tells a receiver that a notification is ours and of now: the headers of Standard Webhooks.
///
/// `webhook-signature` is `v1,` and the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>` in Base64, one for each
/// secret that is good at present, with a space between them.
struct WebhookSignature: Sendable {
    /// By name.
    let headers: [(name: String, value: String)]

    /// - Parameters:
    ///   - id: The notification's, the same each time it is sent.
    ///   - second: Seconds since 1970 at which it is sent.
    ///   - secrets: Each `whsec_` and Base64.
    init(_ body: [UInt8], id: String, second: Int64, secrets: [Secret]) {
        let content = Data("\(id).\(second).".utf8) + Data(body)
        let signatures = secrets.map { secret in
            let code = HMAC<SHA256>.authenticationCode(for: content, using: Self.key(of: secret))
            return "v1," + Data(code).base64EncodedString()
        }
        headers = [
            ("webhook-id", id), ("webhook-timestamp", String(second)),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    private static func key(of secret: Secret) -> SymmetricKey {
        secret.withValue { SymmetricKey(data: Data(base64Encoded: String($0.dropFirst("whsec_".count))) ?? Data()) }
    }
}
