/// The whole current state of an identity provider.
///
/// Written by the registry on every change, read by every service. A deleted one stays for ever as a small record, so
/// that nothing is ever concluded from an absence (architecture.md §3.7). Topic `idp.configuration.v1`.
public struct IdentityProviderConfiguration: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("identity-provider-configuration")

    /// Whether an identity provider lets people log on.
    public enum Status: String, Codable, Equatable, Sendable, CaseIterable {
        /// Active.
        case enabled
        /// Inactive: no scheduled run, no logon.
        case closed
        /// Deleted for ever.
        case deleted
    }

    /// How the authorization in WeCom stands.
    public enum Authorization: String, Codable, Equatable, Sendable, CaseIterable {
        /// Asked for, not granted yet.
        case pending
        /// Granted.
        case authorized
        /// The QR code was not scanned in time.
        case lapsed
        /// Taken back in WeCom.
        case revoked
    }

    /// Which identity provider.
    public var id: IdentityProviderID
    /// Whose it is.
    public var tenant: TenantID
    /// Whether the tenant may use the product.
    public var tenantStatus: TenantStatus
    /// What the tenant's employees type to get here.
    public var enterpriseID: EnterpriseID
    /// The number of this state.
    public var revision: Revision
    /// Which corp stands behind it.
    public var generation: Generation
    /// What administrators call it.
    public var name: IdentityProviderName
    /// What employees see when they choose how to log on.
    public var description: String
    /// Whether it lets people log on.
    public var status: Status
    /// Whether the structure is synchronised on the cycle.
    public var automaticSynchronization: Bool
    /// Whether people are synchronised too.
    public var synchronizesUsers: Bool
    /// Whether people's telephone numbers and addresses leave the directory, for clients that may ask for them.
    public var tellsContactDetails: Bool
    /// Since which revision they do; `nil` where they do not, or did from the first.
    public var contactDetailsSince: Revision?
    /// Hours from one run to the next.
    public var cycleHours: SyncCycle
    /// Hours of the day in which the schedule starts no run, if there are any.
    public var quietHours: QuietHours?
    /// What part of the visible structure is synchronised.
    public var scope: SynchronizationScope
    /// How the directory's fields are filled.
    public var mapping: [MappingRule]
    /// An expression that leaves out whom it is true of; nil where nobody is left out.
    public var filter: String?
    /// The fields that the tenant added.
    public var extendedFields: [ExtendedField]
    /// The number of mapping, filter and extended fields.
    public var mappingNumber: MappingNumber
    /// How much one run may remove.
    public var safetyLimits: SafetyLimits
    /// How the authorization in WeCom stands.
    public var authorization: Authorization
    /// How to get into WeCom, once that is known.
    public var connection: WeComConnection?
    /// The native clients' schema (`wecom.md` §4.5), once that is known.
    public var schema: String?
    /// The proxy that its calls to WeCom leave by; nil for our own address.
    public var egress: EgressProxy?

    /// All of it at once.
    public init(
        id: IdentityProviderID,
        tenant: TenantID,
        tenantStatus: TenantStatus = .active,
        enterpriseID: EnterpriseID,
        revision: Revision,
        generation: Generation = .first,
        name: IdentityProviderName,
        description: String,
        status: Status = .enabled,
        automaticSynchronization: Bool = true,
        synchronizesUsers: Bool = true,
        tellsContactDetails: Bool = false,
        contactDetailsSince: Revision? = nil,
        cycleHours: SyncCycle = .daily,
        quietHours: QuietHours? = nil,
        scope: SynchronizationScope = .all,
        mapping: [MappingRule] = MappingRule.defaults,
        filter: String? = nil,
        extendedFields: [ExtendedField] = [],
        mappingNumber: MappingNumber = .first,
        safetyLimits: SafetyLimits = SafetyLimits(),
        authorization: Authorization = .pending,
        connection: WeComConnection? = nil,
        schema: String? = nil,
        egress: EgressProxy? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.tenantStatus = tenantStatus
        self.enterpriseID = enterpriseID
        self.revision = revision
        self.generation = generation
        self.name = name
        self.description = description
        self.status = status
        self.automaticSynchronization = automaticSynchronization
        self.synchronizesUsers = synchronizesUsers
        self.tellsContactDetails = tellsContactDetails
        self.contactDetailsSince = contactDetailsSince
        self.cycleHours = cycleHours
        self.quietHours = quietHours
        self.scope = scope
        self.mapping = mapping
        self.filter = filter
        self.extendedFields = extendedFields
        self.mappingNumber = mappingNumber
        self.safetyLimits = safetyLimits
        self.authorization = authorization
        self.connection = connection
        self.schema = schema
        self.egress = egress
    }

    /// Whether runs can be started: authorized, with what is needed to call WeCom.
    public var isConnected: Bool { authorization == .authorized && connection != nil }

    /// Whether nobody may log on, and sessions end. An authorization that is pending or has lapsed keeps the sessions
    /// that there are.
    public var isShut: Bool { status != .enabled || authorization == .revoked || tenantStatus == .suspended }

    /// What stays of a deleted one: no credentials, rules or texts.
    ///
    /// - Parameter revision: The number of that last state.
    public func deleted(as revision: Revision) -> IdentityProviderConfiguration {
        IdentityProviderConfiguration(
            id: id,
            tenant: tenant,
            enterpriseID: enterpriseID,
            revision: revision,
            generation: generation,
            name: name,
            description: "",
            status: .deleted,
            automaticSynchronization: false,
            synchronizesUsers: false,
            mapping: [],
            mappingNumber: mappingNumber,
            safetyLimits: safetyLimits,
            authorization: .revoked
        )
    }
}
