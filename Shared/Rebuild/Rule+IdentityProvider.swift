public import Messages
public import Runtime

extension Rule where Value == IdentityProviderID {
    /// The id of an identity provider.
    public static var identityProvider: Rule<IdentityProviderID> {
        Rule<String>.text(1...64).then { text throws(Mistakes) in
            guard let id = IdentityProviderID(text) else { throw Mistakes("Give the id of an identity provider.") }
            return id
        }
    }
}
