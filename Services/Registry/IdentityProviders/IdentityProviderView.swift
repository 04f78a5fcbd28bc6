import Messages
import Runtime

/// An identity provider as the API shows it: never with a secret.
struct IdentityProviderView: Encodable, Sendable {
    var id: IdentityProviderID
    var tenantID: TenantID
    var enterpriseID: EnterpriseID
    var revision: Revision
    var settings: SettingsView
    /// Where the schema comes from; nil before there is a connection.
    var schemaOrigin: SchemaOrigin?
    /// What is wrong with the schema, or how to come by one that is needed (wecom.md §4.5).
    var schemaAdvice: String?
    var nextRunAt: Timestamp?
    var quarantine: Quarantine?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    init(_ provider: IdentityProvider) {
        let configuration = provider.configuration
        id = configuration.id
        tenantID = configuration.tenant
        enterpriseID = configuration.enterpriseID
        revision = configuration.revision
        settings = SettingsView(configuration)
        schemaOrigin = SchemaOrigin(configuration)
        schemaAdvice = SchemaAdvice.sentence(for: configuration)
        nextRunAt = provider.nextRunAt
        quarantine = provider.quarantine
        createdAt = provider.createdAt
        updatedAt = provider.updatedAt
    }

    private enum CodingKeys: CodingKey {
        case id, tenantID, enterpriseID, revision, schemaOrigin, schemaAdvice, nextRunAt, quarantine, createdAt
        case updatedAt
    }

    func encode(to encoder: any Encoder) throws {
        try settings.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(tenantID, forKey: .tenantID)
        try container.encode(enterpriseID, forKey: .enterpriseID)
        try container.encode(revision, forKey: .revision)
        try container.encodeIfPresent(schemaOrigin, forKey: .schemaOrigin)
        try container.encodeIfPresent(schemaAdvice, forKey: .schemaAdvice)
        try container.encodeIfPresent(nextRunAt, forKey: .nextRunAt)
        try container.encodeIfPresent(quarantine, forKey: .quarantine)
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
    var tenantStatus: TenantStatus
    var automaticSynchronization: Bool
    var synchronizeUserInformation: Bool
    var tellContactDetails: Bool
    var cycleHours: Int
    var quietHours: QuietHours?
    var scope: SynchronizationScope
    var mapping: [MappingRule]
    var filter: String?
    var extendedFields: [ExtendedField]
    var safetyLimits: SafetyLimitsView
    var schema: String?
    var egress: EgressView?
    var authorization: Authorization

    init(_ configuration: IdentityProviderConfiguration) {
        name = configuration.name.description
        description = configuration.description
        status = configuration.status
        tenantStatus = configuration.tenantStatus
        automaticSynchronization = configuration.automaticSynchronization
        synchronizeUserInformation = configuration.synchronizesUsers
        tellContactDetails = configuration.tellsContactDetails
        cycleHours = configuration.cycleHours.rawValue
        quietHours = configuration.quietHours
        scope = configuration.scope
        mapping = configuration.mapping
        filter = configuration.filter
        extendedFields = configuration.extendedFields
        safetyLimits = SafetyLimitsView(configuration.safetyLimits)
        schema = configuration.schema
        egress = configuration.egress.map(EgressView.init)
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
