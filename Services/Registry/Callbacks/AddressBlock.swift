/// An address, or the addresses that begin alike, as WeCom lists them.
enum AddressBlock: Hashable, Sendable {
    /// IPv4: `101.226.103.7`, or `101.226.103.0/24`.
    case v4(network: UInt32, prefix: Int)
    /// Any other text, which is compared as it stands.
    case other(String)

    init(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let prefix = parts.count == 2 ? Int(parts[1]) : 32
        guard let address = Self.v4(parts[0]), let prefix, (0...32).contains(prefix) else {
            self = .other(text.lowercased())
            return
        }
        self = .v4(network: address & Self.mask(prefix), prefix: prefix)
    }

    /// Whether the address is this one, or one of these.
    func contains(_ address: String) -> Bool {
        switch self {
        case .v4(let network, let prefix): Self.v4(Self.unmapped(address)).map { $0 & Self.mask(prefix) } == network
        case .other(let text): address.lowercased() == text
        }
    }

    /// Without the prefix by which an IPv6 socket shows an IPv4 address.
    private static func unmapped(_ address: String) -> Substring {
        let prefix = "::ffff:"
        return address.lowercased().hasPrefix(prefix) ? address.dropFirst(prefix.count) : address[...]
    }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix) }

    private static func v4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        return parts.reduce(UInt32?(0)) { address, part in
            guard let address, (1...3).contains(part.utf8.count), let byte = UInt8(part) else { return nil }
            return address << 8 | UInt32(byte)
        }
    }
}
