import Messages

extension ClientConfiguration.Status: Described {}
extension ClientConfiguration.Authentication: Described {}
extension ClientScope: Described {}
extension SigningAlgorithm: Described {}
extension ClientKey.Family: Described {}

extension ClientConfiguration: Described {
    static let jsonSchema = JSONSchema.object(
        of: ClientConfiguration.self,
        """
        The whole current state of an OAuth client. Written by the registry on every change, read by the verifier. A \
        deleted one stays for ever as a small record. Topic client.configuration.v1.
        """,
        [
            .field("id", \.id, "Which client."),
            .field("clientID", \.clientID, "What it calls itself; never another client's, also after a deletion."),
            .field("tenant", \.tenant, "Whose people alone it is for; for everybody where it is missing."),
            .field("revision", \.revision, "The number of this state."),
            .field("name", \.name, "What administrators call it."),
            .field("status", \.status, "Whether it may have anything."),
            .field("authentication", \.authentication, "How it says that it is itself."),
            .field("secrets", \.secrets, "The secrets that count, of which the last one is the present."),
            .field("keys", \.keys, "The public keys that it signs by."),
            .field("redirectURIs", \.redirectURIs, "Where people may be sent back to."),
            .field(
                "postLogoutRedirectURIs",
                \.postLogoutRedirectURIs,
                "Where people may be sent after they logged off."
            ),
            .field(
                "backchannelLogoutURI",
                \.backchannelLogoutURI,
                "Where it wants to be told that a session has ended."
            ),
            .field("scopes", \.scopes, "What it may ask for."),
            .field("idTokenAlgorithm", \.idTokenAlgorithm, "What its ID tokens are signed by."),
            .field("isNative", \.isNative, "Whether it may log people on by the code that WeCom's own app gave it."),
            .field(
                "usesDeviceFlow",
                \.usesDeviceFlow,
                "Whether people may log on to it by a code that a device shows (RFC 8628)."
            ),
            .field("idleDays", \.idleDays, "How many days a session can be gone on with since the last refresh."),
            .field("absoluteDays", \.absoluteDays, "How many days a session can be gone on with at all."),
        ]
    )
}

extension ClientSecret: Described {
    static let jsonSchema = JSONSchema.object(
        of: ClientSecret.self,
        "A secret of a client, by its digest.",
        [
            .field("digest", \.digest, "SHA-256 of the secret, in base64url."),
            .field("goodUntil", \.goodUntil, "Until when it counts, where another one took its place."),
        ]
    )
}

extension ClientKey: Described {
    static let jsonSchema = JSONSchema.object(
        of: ClientKey.self,
        "A public key that a client signs by (RFC 7517).",
        [
            .field("kty", \.kty, "The family of the key."),
            .field("alg", \.alg, "What it signs by."),
            .field("kid", \.kid, "Its name."),
            .field("crv", \.crv, "P-256. For elliptic curves."),
            .field("x", \.x, "The first coordinate. For elliptic curves."),
            .field("y", \.y, "The second coordinate. For elliptic curves."),
            .field("n", \.n, "The modulus. For RSA."),
            .field("e", \.e, "The exponent. For RSA."),
        ]
    )
}
