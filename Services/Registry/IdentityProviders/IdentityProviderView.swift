import Messages
import Runtime
import WeCom

/// An identity provider as the API shows it: never with a secret.
struct IdentityProviderView: Encodable, Sendable {
    var id: IdentityProviderID
    var tenantID: TenantID
    var enterpriseID: EnterpriseID
    var revision: Revision
    var settings: SettingsView
    /// What is wrong with the schema, if something is (wecom.md §4.5).
    var schemaAdvice: String?
    var nextRunAt: Timestamp?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    init(_ provider: IdentityProvider) {
        let configuration = provider.configuration
        id = configuration.id
        tenantID = configuration.tenant
        enterpriseID = configuration.enterpriseID
        revision = configuration.revision
        settings = SettingsView(configuration)
        schemaAdvice = SchemaAdvice.sentence(for: configuration)
        nextRunAt = provider.nextRunAt
        createdAt = provider.createdAt
        updatedAt = provider.updatedAt
    }

    private enum CodingKeys: CodingKey {
        case id, tenantID, enterpriseID, revision, schemaAdvice, nextRunAt, createdAt, updatedAt
    }

    func encode(to encoder: any Encoder) throws {
        try settings.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(tenantID, forKey: .tenantID)
        try container.encode(enterpriseID, forKey: .enterpriseID)
        try container.encode(revision, forKey: .revision)
        try container.encodeIfPresent(schemaAdvice, forKey: .schemaAdvice)
        try container.encodeIfPresent(nextRunAt, forKey: .nextRunAt)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(updatedAt, forKey: .updatedAt)
    }
}

/// What revisions are compared by: all that can be changed, without secrets.
struct SettingsView: Encodable, Sendable, Equatable {
    /// How the product gets into WeCom.
    struct Authorization: Encodable, Sendable, Equatable {
        var state: IdentityProviderConfiguration.Authorization
        var kind: WeComConnection.Kind?
        var corpID: String?
        var agentID: Int64?
    }

    var name: String
    var description: String
    var status: IdentityProviderConfiguration.Status
    var automaticSynchronization: Bool
    var synchronizeUserInformation: Bool
    var cycleHours: Int
    var scope: SynchronizationScope
    var mapping: [MappingRule]
    var extendedFields: [ExtendedField]
    var safetyLimits: SafetyLimitsView
    var schema: String?
    var authorization: Authorization

    init(_ configuration: IdentityProviderConfiguration) {
        name = configuration.name.description
        description = configuration.description
        status = configuration.status
        automaticSynchronization = configuration.automaticSynchronization
        synchronizeUserInformation = configuration.synchronizesUsers
        cycleHours = configuration.cycleHours.rawValue
        scope = configuration.scope
        mapping = configuration.mapping
        extendedFields = configuration.extendedFields
        safetyLimits = SafetyLimitsView(configuration.safetyLimits)
        schema = configuration.schema
        authorization = Authorization(
            state: configuration.authorization,
            kind: configuration.connection?.kind,
            corpID: configuration.connection?.corpID,
            agentID: configuration.connection?.agentID
        )
    }

    /// The fields by name.
    var fields: [String: JSON] {
        get throws {
            guard case .object(let fields) = try JSON(of: self) else { return [:] }
            return fields
        }
    }
}

/// What there is to say about a native app's schema.
enum SchemaAdvice {
    /// Compares what was typed with what corp ID and agent ID give; nil when all is well or nothing can be said.
    static func sentence(for configuration: IdentityProviderConfiguration) -> String? {
        guard let schema = configuration.schema, let connection = configuration.connection,
            let corpID = try? CorpID(connection.corpID), let agentID = try? AgentID(Int(connection.agentID))
        else { return nil }
        return NativeSchemaCheck(schema, corpID: corpID, agentID: agentID).explanation
    }

    /// The schema that follows from a connection, where one does.
    static func computed(for connection: WeComConnection?) -> String? {
        guard let connection, let corpID = try? CorpID(connection.corpID),
            let agentID = try? AgentID(Int(connection.agentID))
        else { return nil }
        return nativeSchema(corpID: corpID, agentID: agentID)
    }
}
