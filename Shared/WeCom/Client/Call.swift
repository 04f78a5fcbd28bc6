import JSONCoding
import Sealing

/// One request to WeCom's API, before it is sent.
struct Call: Sendable {
    /// Such as `user/list`.
    let path: String
    var query: [(name: String, value: String)] = []

    /// Nil for GET.
    var body: JSONValue?

    /// Never shown in errors.
    var secrets: [Secret] = []

    /// The token in the query, under the kind's own name unless WeCom wants another.
    func with<Purpose>(_ token: Token<Purpose>, as name: String = Purpose.parameter) -> Call {
        var call = self
        call.query.insert((name, token.value.withValue { $0 }), at: 0)
        call.secrets.append(token.value)
        return call
    }

    /// WeCom's words without our secrets, and short.
    func presentable(_ message: String) -> String {
        var message = message
        for secret in secrets where !secret.isEmpty {
            secret.withValue { message.replace($0, with: "<secret>") }
        }
        return String(message.prefix(300))
    }
}
