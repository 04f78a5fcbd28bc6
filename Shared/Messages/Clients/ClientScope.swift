/// What a client can ask to know, or to do, of a person (OpenID Connect Core §5.4, §11).
public enum ClientScope: String, Codable, CaseIterable, Sendable {
    /// Who somebody is, and whose.
    case openid
    /// What people and programs call them.
    case profile
    /// Their address for mail.
    case email
    /// Their telephone number, where their identity provider's settings let it out of the directory.
    case phone
    /// Where they work, in the same way.
    case address
    /// The departments that they belong to.
    case groups
    /// A refresh token.
    case offlineAccess = "offline_access"
    /// What the registry lets administrators do: access tokens with it are for the registry too.
    case registry

    /// What a client may ask for of which nobody has said anything: all that lets it act for nobody, and is in every
    /// directory's feed.
    public static let ordinary: [ClientScope] = [.openid, .profile, .email, .groups, .offlineAccess]
}
