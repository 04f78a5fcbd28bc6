import Messages
import WeCom

/// Where the native clients' schema of an identity provider comes from (wecom.md §4.5).
enum SchemaOrigin: String, Encodable, Sendable, CaseIterable {
    /// Worked out from corp ID and agent ID.
    case computed
    /// An administrator gave it.
    case typed
    /// It cannot be worked out, and nobody has given it.
    case needed

    /// Nil while there is neither a connection nor a schema.
    init?(_ configuration: IdentityProviderConfiguration) {
        switch (configuration.schema, configuration.connection) {
        case (nil, nil): return nil
        case (nil, _): self = .needed
        case (let schema?, let connection):
            self = schema == SchemaAdvice.computed(for: connection) ? .computed : .typed
        }
    }
}

/// What there is to say about a native client's schema.
enum SchemaAdvice {
    /// What is wrong with the schema, or what it is and where it comes from where one is needed; nil when all is well or
    /// nothing can be said.
    static func sentence(for configuration: IdentityProviderConfiguration) -> String? {
        guard let connection = configuration.connection, let (corpID, agentID) = ids(of: connection) else { return nil }
        guard let schema = configuration.schema else { return needed }
        return NativeSchemaCheck(schema, corpID: corpID, agentID: agentID).explanation
    }

    /// The schema that follows from a connection, where one does.
    static func computed(for connection: WeComConnection?) -> String? {
        guard let connection, let (corpID, agentID) = ids(of: connection) else { return nil }
        return nativeSchema(corpID: corpID, agentID: agentID)
    }

    private static func ids(of connection: WeComConnection) -> (CorpID, AgentID)? {
        guard let corpID = try? CorpID(connection.corpID), let agentID = try? AgentID(Int(connection.agentID)) else {
            return nil
        }
        return (corpID, agentID)
    }

    private static let needed = """
        the schema is the URL scheme by which a native client opens WeCom to sign in, such as \
        \(NativeSchemaFault.example). It cannot be worked out here, as the corp ID is encrypted for the provider. \
        WeCom's administration shows it on the app's page under "企业微信授权登录", once an iOS bundle ID or an Android \
        package with its signature is entered there; give the whole value as "schema". Logging on in a browser needs none
        """
}
