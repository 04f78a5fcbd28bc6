import Mapping
import Messages
import Runtime
import WeCom

/// The settings that a request gives; what it leaves out is nil.
struct SettingsForm: Sendable {
    var name: IdentityProviderName?
    var description: String?
    var status: IdentityProviderConfiguration.Status?
    var automaticSynchronization: Bool?
    var synchronizesUsers: Bool?
    var tellsContactDetails: Bool?
    var cycle: SyncCycle?
    /// Given, and perhaps as null, which takes them away.
    var quietHours: QuietHours??
    var scope: SynchronizationScope?
    var mapping: [MappingRule]?
    /// Given, and perhaps as null, which takes it away.
    var filter: String??
    var safetyLimits: SafetyLimitsForm?
    /// Given, and perhaps as null, which takes back what was typed.
    var schema: String??
    /// Given, and perhaps as null, which takes the proxy back.
    var egress: EgressForm??
    var ownApp: OwnApp?
    /// Whether whoever closes an identity provider knows what that does.
    var confirmsClosing = false
    /// The fields as they were sent, without secrets; for telling what changed meanwhile.
    var sent: [String: JSON] = [:]

    /// The fields of a new identity provider.
    static let new = rule { form, settings in
        settings.name = form.required("name", SettingsRules.name)
        settings.description = form.required("description", SettingsRules.description)
    }

    /// The fields of a change.
    static let change = rule { form, settings in
        settings.name = form.optional("name", SettingsRules.name)
        settings.description = form.optional("description", SettingsRules.description)
        settings.confirmsClosing = form.optional("confirmClosing", .boolean) ?? false
    }

    private static func rule(
        _ first: @escaping @Sendable (inout Form, inout SettingsForm) -> Void
    ) -> Rule<SettingsForm> {
        Rule<SettingsForm> { json throws(Mistakes) in
            var form = try Form(json)
            var settings = SettingsForm()
            first(&form, &settings)
            settings.readRest(&form)
            try form.finish()
            if case .object(var fields) = json {
                fields["ownApp"] = nil
                fields["egress"] = nil
                settings.sent = fields
            }
            return settings
        }
    }

    private mutating func readRest(_ form: inout Form) {
        status = form.optional("status", SettingsRules.status)
        automaticSynchronization = form.optional("automaticSynchronization", .boolean)
        synchronizesUsers = form.optional("synchronizeUserInformation", .boolean)
        tellsContactDetails = form.optional("tellContactDetails", .boolean)
        cycle = form.optional("cycleHours", SettingsRules.cycle)
        quietHours = form.optional("quietHours", SettingsRules.quietHours.orNull)
        scope = form.optional("scope", SettingsRules.scope)
        mapping = form.optional("mapping", MappingRules.rule)
        filter = form.optional("filter", MappingRules.expression.orNull)
        safetyLimits = form.optional("safetyLimits", SafetyLimitsForm.rule)
        schema = form.optional("schema", SettingsRules.schema.orNull)
        egress = form.optional("egress", EgressForm.rule.orNull)
        ownApp = form.optional("ownApp", SettingsRules.ownApp)
    }

    /// Changes what the request gives.
    ///
    /// - Parameter connection: The checked own-app credentials, sealed; nil when the request gives none.
    func apply(to configuration: inout IdentityProviderConfiguration, connection: WeComConnection?) throws {
        if mapping != nil || filter != nil {
            try MappingCheck.require(
                mapping ?? configuration.mapping,
                filter: filter ?? configuration.filter,
                among: configuration.extendedFields
            )
        }
        configuration.name = name ?? configuration.name
        configuration.description = description ?? configuration.description
        configuration.status = status ?? configuration.status
        configuration.automaticSynchronization = automaticSynchronization ?? configuration.automaticSynchronization
        configuration.synchronizesUsers = synchronizesUsers ?? configuration.synchronizesUsers
        configuration.tellsContactDetails = tellsContactDetails ?? configuration.tellsContactDetails
        configuration.cycleHours = cycle ?? configuration.cycleHours
        configuration.quietHours = quietHours ?? configuration.quietHours
        configuration.scope = scope ?? configuration.scope
        configuration.mapping = mapping ?? configuration.mapping
        configuration.filter = filter ?? configuration.filter
        try safetyLimits?.apply(to: &configuration.safetyLimits)
        if let connection { configuration.connect(by: connection) }
        if let schema { configuration.schema = schema ?? SchemaAdvice.computed(for: configuration.connection) }
    }
}

extension IdentityProviderConfiguration {
    /// Takes new credentials. A schema that was worked out before is worked out anew; one that was typed stays.
    ///
    /// Another corp than the one before is another generation: no id of its people is one of the other's.
    mutating func connect(by new: WeComConnection) {
        if let connection, !connection.isSameCorp(as: new) { generation = generation.next }
        let isTyped = schema != nil && schema != SchemaAdvice.computed(for: connection)
        connection = new
        authorization = .authorized
        if !isTyped { schema = SchemaAdvice.computed(for: new) }
    }
}

extension IdentityProviderConfiguration {
    /// Whether people are mapped the same by both: by the same filter, fields that take the same values, and the same
    /// rules, whose order decides nothing.
    func mapsAlike(_ other: IdentityProviderConfiguration) -> Bool {
        guard filter == other.filter,
            extendedFields.elementsEqual(other.extendedFields, by: { $0.takesSameValues(as: $1) })
        else { return false }
        // Nearly every change leaves the rules as they are, and to compile them takes reading each expression.
        return mapping == other.mapping || CompiledMapping(self).fingerprint == CompiledMapping(other).fingerprint
    }
}

extension WeComConnection {
    /// Whether both are to one corp, compared as WeCom does.
    fileprivate func isSameCorp(as other: WeComConnection) -> Bool {
        guard let one = try? CorpID(corpID), let other = try? CorpID(other.corpID) else {
            return corpID == other.corpID
        }
        return one == other
    }
}
