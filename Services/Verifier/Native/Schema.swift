import Messages
import WeCom

/// The schema check of native clients (`wecom.md` §4.5).
enum Schema {
    /// The schema that the identity provider has: the one that an administrator saved, else the computed one; `nil`
    /// where neither is known, as for corp ids that are encrypted.
    static func expected(_ configuration: IdentityProviderConfiguration) -> String? {
        configuration.schema ?? computed(configuration)
    }

    /// Whether a client with this schema belongs to the identity provider. Where no schema is known there is nothing to
    /// compare, and WeCom's answer to the code decides alone.
    static func accepts(_ schema: String, for configuration: IdentityProviderConfiguration) -> Bool {
        guard let expected = expected(configuration) else { return true }
        return schema.lowercased() == expected.lowercased()
    }

    /// What an operator reads about a mismatch.
    static func advice(_ configuration: IdentityProviderConfiguration) -> String? {
        guard let expected = expected(configuration) else { return nil }
        guard let computed = computed(configuration), computed != expected.lowercased() else {
            return "the identity provider's schema is \(expected)"
        }
        return "the identity provider's schema is \(expected), but corp ID and agent ID give \(computed)"
    }

    private static func computed(_ configuration: IdentityProviderConfiguration) -> String? {
        guard let connection = configuration.connection,
            let corpID = try? CorpID(connection.corpID),
            let agentID = AgentID(rawValue: Int(connection.agentID))
        else { return nil }
        return nativeSchema(corpID: corpID, agentID: agentID)
    }
}
