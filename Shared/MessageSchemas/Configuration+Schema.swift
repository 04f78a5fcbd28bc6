import Messages

extension IdentityProviderConfiguration.Status: Described {}
extension IdentityProviderConfiguration.Authorization: Described {}
extension TenantStatus: Described {}
extension ExtendedField.ValueType: Described {}
extension MappingRule.Kind: Described {}
extension MappingRule.Missing: Described {}
extension MappingRule.When: Described {}
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
            .field("titles", \.titles, "What people call it, by language (BCP 47)."),
            .field("type", \.type, "What its values are."),
            .field("options", \.options, "What a choice is among; empty for other types."),
            .field("isRequired", \.isRequired, "Whether a person should have a value."),
            .field("isVisible", \.isVisible, "Whether it is shown where people are shown."),
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
            .field("tenantStatus", \.tenantStatus, "Whether the tenant may use the product; suspended shuts all."),
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
            .field(
                "tellsContactDetails",
                \.tellsContactDetails,
                "Whether people's telephone numbers and addresses leave the directory, for clients that may ask for them."
            ),
            .field(
                "contactDetailsSince",
                \.contactDetailsSince,
                "Since which revision they do; absent where they do not, or did from the first."
            ),
            .field("cycleHours", \.cycleHours, "Hours from one run to the next."),
            .field("quietHours", \.quietHours, "Hours of the day in which the schedule starts no run."),
            .field("scope", \.scope, "What part of the visible structure is synchronised."),
            .field("mapping", \.mapping, "How the directory's fields are filled."),
            .field("filter", \.filter, "An expression that leaves out whom it is true of."),
            .field("extendedFields", \.extendedFields, "The fields that the tenant added."),
            .field("mappingNumber", \.mappingNumber, "The number of mapping, filter and extended fields."),
            .field("safetyLimits", \.safetyLimits, "How much one run may remove."),
            .field("authorization", \.authorization, "How the authorization in WeCom stands."),
            .field("connection", \.connection, "How to get into WeCom, once that is known."),
            .field("schema", \.schema, "The native clients' schema (wecom.md §4.5), once that is known."),
            .field("egress", \.egress, "The proxy that its calls to WeCom leave by, if it has one of its own."),
        ]
    )
}

extension EgressProxy: Described {
    static let jsonSchema = JSONSchema.object(
        of: EgressProxy.self,
        "An HTTP proxy of an identity provider's own, by which registry, fetcher and verifier call its WeCom.",
        [
            .field("host", \.host, "A name or an IP address."),
            .field("port", \.port, "Its port."),
            .field(
                "credentials",
                \.credentials,
                "user:password, sealed with the identity provider's id and /egress as context."
            ),
        ]
    )
}

extension QuietHours: Described {
    static let jsonSchema = JSONSchema.object(
        of: QuietHours.self,
        "Hours of each day; past midnight where to is not later than from.",
        [
            .field("from", \.from, "The hour in which they begin, 0-23."),
            .field("to", \.to, "The hour in which they are over, 0-23."),
            .field("timeZone", \.timeZone, "Whose wall clock: a name of the time zone database."),
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
                "The field of WeCom: a key of its user object, or extattr.<name>. For direct."
            ),
            .field("expression", \.expression, "The expression. For expression."),
            .field("value", \.value, "The fixed value. For constant, and with missing: default."),
            .usual("when", \.when, "When it is applied: always, or to new people only; always where it is missing."),
            .usual(
                "missing",
                \.missing,
                "What becomes of the field where WeCom has no value; keep where it is missing."
            ),
        ]
    )
}

extension LossReason: Described {}
extension LossPolicy: Described {}

extension LossLimit: Described {
    static let jsonSchema = JSONSchema.object(
        of: LossLimit.self,
        "The larger of a number and a share.",
        [
            .field("count", \.count, "So many in any case."),
            .field("percent", \.percent, "So many percent of those who had access."),
        ]
    )
}

extension LossLimits: Described {
    static let jsonSchema = JSONSchema.object(
        of: LossLimits.self,
        "How many objects may lose access; without a limit where there is none.",
        [
            .field("perRun", \.perRun, "In one run."),
            .field("perDay", \.perDay, "Over 24 hours."),
            .field("perWeek", \.perWeek, "Over 7 days."),
            .field("perMonth", \.perMonth, "Over 30 days."),
        ]
    )
}

extension LossPolicies: Described {
    static let jsonSchema = JSONSchema.object(
        of: LossPolicies.self,
        "What each reason for losing access does.",
        [
            .field("leftCompany", \.leftCompany, "WeCom has no such person any more."),
            .field("leftVisibleRange", \.leftVisibleRange, "WeCom does not show the person to the app any more."),
            .field("leftScope", \.leftScope, "WeCom shows the person, in no department that is synchronised."),
            .field("disabledInWeCom", \.disabledInWeCom, "WeCom says that the account is disabled."),
        ]
    )
}

extension SafetyLimits: Described {
    static let jsonSchema = JSONSchema.object(
        of: SafetyLimits.self,
        """
        How many people and departments may lose access before somebody has to agree, who never does, and what each \
        reason means.
        """,
        [
            .field("people", \.people, "People: removed, left the range or the scope, or disabled in WeCom."),
            .field("departments", \.departments, "Departments that are removed."),
            .field("policies", \.policies, "What each reason for losing access does."),
            .field("protectedUsers", \.protectedUsers, "People who never lose access by a run."),
            .field("graceDays", \.graceDays, "Days from disabling a removed user to deleting it."),
            .field("heldDays", \.heldDays, "Days after which what is held is looked at anew."),
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
