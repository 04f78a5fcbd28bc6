/// All that decides what a run means to the directory, so that a replay a year later decides as the first time did
/// (architecture.md §3.2).
///
/// Drawn up by the registry when a run starts, and carried by ``RunSync`` and both ``RunStarted``.
public struct RunTerms: Codable, Equatable, Sendable {
    /// Which corp the people are of.
    public var generation: Generation
    /// How user ids are compared.
    public var userIDCase: UserIDCase
    /// What part of the visible structure is synchronised.
    public var scope: SynchronizationScope
    /// How much the run may remove, and how long the removed are kept.
    public var safetyLimits: SafetyLimits
    /// By which rules people are mapped.
    public var mapping: MappingNumber
    /// For how many hours the plan can be carried out that a dry run makes; absent for a day.
    public var planHours: Int?
    /// Whether people's records tell where their departments stand, as rules ask for it; absent for no.
    public var tellsDepartmentPaths: Bool?
    /// Whether people's telephone numbers and addresses are told on `directory.changes.v1`; absent for no.
    public var tellsContactDetails: Bool?
    /// The settings' revision since which they are told anew, as what was told before is forgotten by then; absent where
    /// they are not, or always were.
    public var contactDetailsSince: Revision?

    /// All of it at once.
    public init(
        generation: Generation = .first,
        userIDCase: UserIDCase = .insensitive,
        scope: SynchronizationScope = .all,
        safetyLimits: SafetyLimits = SafetyLimits(),
        mapping: MappingNumber = .first,
        planHours: Int? = nil,
        tellsDepartmentPaths: Bool? = nil,
        tellsContactDetails: Bool? = nil,
        contactDetailsSince: Revision? = nil
    ) {
        self.generation = generation
        self.userIDCase = userIDCase
        self.scope = scope
        self.safetyLimits = safetyLimits
        self.mapping = mapping
        self.planHours = planHours
        self.tellsDepartmentPaths = tellsDepartmentPaths
        self.tellsContactDetails = tellsContactDetails
        self.contactDetailsSince = contactDetailsSince
    }
}

extension IdentityProviderConfiguration {
    /// What a run that starts now means to the directory.
    public var terms: RunTerms {
        RunTerms(
            generation: generation,
            userIDCase: connection?.userIDCase ?? .insensitive,
            scope: scope,
            safetyLimits: safetyLimits,
            mapping: mappingNumber,
            tellsContactDetails: tellsContactDetails ? true : nil,
            contactDetailsSince: tellsContactDetails ? contactDetailsSince : nil
        )
    }
}
