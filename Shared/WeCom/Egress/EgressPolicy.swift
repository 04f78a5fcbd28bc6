/// Which addresses a proxy may have. A tenant's administrator names it, and must not reach by it what stands beside this
/// program.
public struct EgressPolicy: Sendable {
    /// Ranges that are allowed although they are nobody's on the Internet.
    private let allowed: [NetworkRange]

    /// - Parameter allowed: Ranges that are allowed although they are nobody's on the Internet.
    public init(allowing allowed: [NetworkRange] = []) {
        self.allowed = allowed
    }

    /// Whether a proxy may be there.
    public func admits(_ address: IPAddress) -> Bool {
        let meant = address.embedded
        return allowed.contains { $0.contains(address) || $0.contains(meant) }
            || !Self.special.contains { $0.contains(address) || $0.contains(meant) }
    }

    /// This host, private and shared networks, link-local, multicast and reserved addresses.
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/96", "64:ff9b:1::/48", "100::/64", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { NetworkRange($0) }
}
