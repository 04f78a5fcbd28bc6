public import Traces

extension TraceSpan {
    /// Says which run of which identity provider it is a part of.
    public func describe(_ run: RunID?, of identityProvider: IdentityProviderID) {
        if let run { set("wecombridge.run", .text("\(run)")) }
        set("wecombridge.idp", .text("\(identityProvider)"))
    }
}
