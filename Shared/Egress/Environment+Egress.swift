public import Runtime
public import WeCom

extension Environment {
    /// Which addresses identity providers' own proxies may have: public ones, and those of `EGRESS_PRIVATE_NETWORKS`.
    ///
    /// - Throws: `ConfigurationError` when one is no range of addresses.
    public func egressPolicy() throws -> EgressPolicy {
        let name = "EGRESS_PRIVATE_NETWORKS"
        var ranges: [NetworkRange] = []
        for text in list(name) {
            guard let range = NetworkRange(text) else {
                return try refuse(
                    name,
                    "has '\(text)', which is no range of addresses",
                    "give ranges such as 10.1.2.0/24, separated by commas",
                    standIn: EgressPolicy()
                )
            }
            ranges.append(range)
        }
        return EgressPolicy(allowing: ranges)
    }

    /// What programs that call WeCom from one address have in common: `EGRESS_ADDRESS`.
    public var egressAddress: String { string("EGRESS_ADDRESS", default: "default") }
}
