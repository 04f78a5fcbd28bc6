import Messages

extension IdentityProviderConfiguration.Status: Described {}
extension IdentityProviderConfiguration.Authorization: Described {}
extension MappingRule.Kind: Described {}
extension WeComConnection.Kind: Described {}

extension ExtendedField: Described {
    static let jsonSchema = JSONSchema.object(
        of: ExtendedField.self,
        "A field that a tenant adds to the directory's users.",
        [
            .field(
                "key",
                \.key,
                "What rules and programs call it: a lower-case letter, then letters, digits and _; at most 40."
            ),
            .field("label", \.label, "What people call it."),
        ]
    )
}

extension IdentityProviderConfiguration: Described {
    static let jsonSchema = JSONSchema.object(
        of: IdentityProviderConfiguration.self,
        """
        The whole current state of an identity provider. Written by the registry on every change, read by every \
        service. A deleted one stays for ever as a small record. Topic idp.configuration.v1.
        """,
        [
            .field("id", \.id, "Which identity provider."),
            .field("tenant", \.tenant, "Whose it is."),
            .field("enterpriseID", \.enterpriseID, "What the tenant's employees type to get here."),
            .field("revision", \.revision, "The number of this state."),
            .field("generation", \.generation, "Which corp stands behind it."),
            .field("name", \.name, "What administrators call it."),
            .field("description", \.description, "What employees see when they choose how to log on."),
            .field("status", \.status, "Whether it lets people log on."),
            .field(
                "automaticSynchronization",
                \.automaticSynchronization,
                "Whether the structure is synchronised on the cycle."
            ),
            .field("synchronizesUsers", \.synchronizesUsers, "Whether people are synchronised too."),
            .field("cycleHours", \.cycleHours, "Hours from one run to the next."),
            .field("scope", \.scope, "What part of the visible structure is synchronised."),
            .field("mapping", \.mapping, "How the directory's fields are filled."),
            .field("extendedFields", \.extendedFields, "The fields that the tenant added."),
            .field("mappingNumber", \.mappingNumber, "The number of mapping and extended fields."),
            .field("safetyLimits", \.safetyLimits, "How much one run may remove."),
            .field("authorization", \.authorization, "How the authorization in WeCom stands."),
            .field("connection", \.connection, "How to get into WeCom, once that is known."),
            .field("schema", \.schema, "The native clients' schema (wecom.md §4.5), once that is known."),
        ]
    )
}

extension MappingRule: Described {
    static let jsonSchema = JSONSchema.object(
        of: MappingRule.self,
        "How one field of the directory is filled from a WeCom user.",
        [
            .field(
                "target",
                \.target,
                "The field of the directory: username, displayName and so on, or the key of an extended field."
            ),
            .field("kind", \.kind, "Where the value comes from."),
            .field(
                "source",
                \.source,
                "The field of WeCom: a key of its user object, or extattr.<name>. For direct and default."
            ),
            .field("value", \.value, "The fixed value. For constant and default."),
        ]
    )
}

extension SafetyLimits: Described {
    static let jsonSchema = JSONSchema.object(
        of: SafetyLimits.self,
        "How many people and departments one run may remove before somebody has to agree.",
        [
            .field("maximumRemovedUsers", \.maximumRemovedUsers, "At most so many users, if set."),
            .field(
                "maximumRemovedUsersPercent",
                \.maximumRemovedUsersPercent,
                "At most so many percent of the users, if set."
            ),
            .field("graceDays", \.graceDays, "Days from disabling a removed user to deleting it."),
        ]
    )
}

extension WeComConnection: Described {
    static let jsonSchema = JSONSchema.object(
        of: WeComConnection.self,
        "How the product gets into a tenant's WeCom.",
        [
            .field("kind", \.kind, "The kind of app."),
            .field("corpID", \.corpID, "The corp, spelled as WeCom does."),
            .field("agentID", \.agentID, "The app's id inside the corp."),
            .field(
                "secret",
                \.secret,
                "The app's secret or permanent code, sealed with the identity provider's id as context."
            ),
        ]
    )
}
