import HTTPTypes
import Hummingbird
import Runtime
import WeCom

/// Where somebody comes from, as limits count them: an IPv4 address, or 64 bits of an IPv6 one, of which whoever has one
/// has all.
struct VisitorAddress: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ address: IPAddress) {
        let bytes = address.embedded.bytes
        let groups = stride(from: 0, to: min(bytes.count, 8), by: 2).map { index in
            String(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]), radix: 16)
        }
        description =
            bytes.count == 4 ? bytes.map(String.init).joined(separator: ".") : groups.joined(separator: ":") + "::/64"
    }

    private init(unknown: String) { description = unknown }

    /// Everybody whose address cannot be told.
    static let unknown = VisitorAddress(unknown: "unknown")
}

/// `TRUSTED_PROXIES`: from which addresses `X-Forwarded-For` is believed.
struct TrustedProxies: Equatable, Sendable {
    /// None: whoever connects is the visitor.
    var ranges: [NetworkRange] = []

    /// Where a request comes from: the last address on its way that is no proxy of ours. Whatever stands before that in
    /// the header anybody may have written.
    func visitor(of request: Request, _ context: VerifierContext) -> VisitorAddress {
        visitor(forwarded: request.headers[values: .xForwardedFor], connectedFrom: context.connectedFrom)
    }

    /// - Parameters:
    ///   - forwarded: The header's lines.
    ///   - connectedFrom: Who connects. Where that is not known, neither is whether the header is a proxy's of ours.
    func visitor(forwarded: [String], connectedFrom: String?) -> VisitorAddress {
        guard let connectedFrom else { return .unknown }
        let hops = forwarded.flatMap { $0.split(separator: ",") }.map { String($0.filter { !$0.isWhitespace }) }
        var visitor = VisitorAddress.unknown
        for text in [connectedFrom] + hops.reversed() {
            guard let address = IPAddress(text) else { return visitor }
            visitor = VisitorAddress(address)
            guard ranges.contains(where: { $0.contains(address.embedded) }) else { return visitor }
        }
        return visitor
    }
}

extension HTTPField.Name {
    fileprivate static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
}

extension Runtime.Environment {
    /// - Throws: `ConfigurationError` when one is no range of addresses.
    func trustedProxies() throws -> TrustedProxies {
        var proxies = TrustedProxies()
        for text in list("TRUSTED_PROXIES") {
            guard let range = NetworkRange(text) else {
                return try refuse(
                    "TRUSTED_PROXIES",
                    "has '\(text)', which is no range of addresses",
                    "give ranges such as 10.1.2.0/24, separated by commas",
                    standIn: TrustedProxies()
                )
            }
            proxies.ranges.append(range)
        }
        return proxies
    }
}
