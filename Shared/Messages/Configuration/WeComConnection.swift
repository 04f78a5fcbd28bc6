import JSONCoding
public import Sealing

/// How the product gets into a tenant's WeCom.
public struct WeComConnection: Codable, Equatable, Sendable {
    /// The kind of app (`wecom.md` §0.1). Both get their tokens by corp id and secret.
    public enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
        /// The provider's custom-developed app, authorized by QR; its secret is the permanent code.
        case customDevelopedApp
        /// An app that the enterprise made itself.
        case ownApp
    }

    /// The kind of app.
    public var kind: Kind
    /// The corp, spelled as WeCom does.
    public var corpID: String
    /// The app's id inside the corp.
    public var agentID: Int64
    /// The app's secret or permanent code, sealed with the identity provider's id as context.
    public var secret: SealedSecret

    /// - Parameters:
    ///   - kind: The kind of app.
    ///   - corpID: The corp, spelled as WeCom does.
    ///   - agentID: The app's id inside the corp.
    ///   - secret: The app's secret or permanent code, sealed.
    public init(kind: Kind, corpID: String, agentID: Int64, secret: SealedSecret) {
        self.kind = kind
        self.corpID = corpID
        self.agentID = agentID
        self.secret = secret
    }

    /// How user ids are compared: by case only where they are encrypted, and then the corp id is not plain
    /// (`wecom.md` §8 #8). An app of the enterprise's own is never given encrypted ones (`wecom.md` §0.1).
    public var userIDCase: UserIDCase {
        guard kind == .customDevelopedApp else { return .insensitive }
        let characters = corpID.utf8
        guard characters.count == 18, ["ww", "wx"].contains(corpID.prefix(2).lowercased()) else { return .sensitive }
        return characters.dropFirst(2).allSatisfy { Hexadecimal.value(of: $0) != nil } ? .insensitive : .sensitive
    }
}
