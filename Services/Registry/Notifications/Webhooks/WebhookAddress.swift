import Egress
import FoundationEssentials
import Runtime
import WeCom

/// Which places notifications may be sent to: nobody may have us call what only we can reach.
struct WebhookPolicy: Sendable {
    /// Whether `http` will do.
    var allowsHTTP = false
    /// Whether addresses of private networks and of the machine itself are called.
    var allowsPrivateAddresses = false

    /// A webhook's URL.
    var rule: Rule<String> {
        Rule<String>.text(1...1_000).then { text throws(Mistakes) in
            guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
                let host = parts.host, !host.isEmpty, parts.url != nil
            else { throw Mistakes("Give a whole URL, such as \"https://hooks.example.com/wecom\".") }
            guard ReceiverCall.isPlain(host: host) else {
                throw Mistakes(
                    "Give the host in lower-case letters, digits, - and . alone; a name of others in its xn-- form."
                )
            }
            guard scheme == "https" || scheme == "http" && allowsHTTP else { throw Mistakes("Give a URL of https.") }
            guard parts.user == nil, parts.password == nil else {
                throw Mistakes("Leave name and password out: notifications are signed.")
            }
            guard parts.fragment == nil else { throw Mistakes("Leave out what follows #.") }
            if let address = IPAddress(host.filter { !"[]".contains($0) }), !isAllowed(address) {
                throw Mistakes("Give an address of the public internet.")
            }
            return text
        }
    }

    /// Whether an address may be called.
    func isAllowed(_ address: IPAddress) -> Bool { allowsPrivateAddresses || EgressPolicy().admits(address) }
}
