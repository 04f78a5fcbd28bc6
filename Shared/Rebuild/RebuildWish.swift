public import Messages
import Runtime

/// What somebody asks for.
public struct RebuildWish: Equatable, Sendable {
    /// Whose part; `nil` for everybody's.
    public var identityProvider: IdentityProviderID?
    /// Whether what is rebuilt takes the place of what is in use.
    public var switches: Bool

    /// - Parameters:
    ///   - identityProvider: Whose part; `nil` for everybody's.
    ///   - switches: Whether what is rebuilt takes the place of what is in use.
    public init(identityProvider: IdentityProviderID? = nil, switches: Bool = false) {
        self.identityProvider = identityProvider
        self.switches = switches
    }

    /// The body of a request: `{"idp": "…", "switch": true}`, both of which may be left out.
    static let form: Rule<RebuildWish> = Form.object { form throws(Mistakes) in
        RebuildWish(
            identityProvider: form.optional("idp", .identityProvider),
            switches: form.optional("switch", .boolean) ?? false
        )
    }
}
