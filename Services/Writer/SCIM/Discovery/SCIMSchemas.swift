import Runtime

/// The schemas of what is told: exactly the attributes that there are.
enum SCIMSchemas {
    /// The extensions of all kinds.
    static let extensions = SCIMResourceKind.allCases.flatMap(\.extensions)

    /// The resources at `/Schemas`.
    ///
    /// - Parameter fields: The keys of a tenant's extended fields.
    static func all(_ fields: [String], at base: String) -> [(id: String, json: JSON)] {
        [
            schema(SCIMSchema.user, "User", "A person.", user, base),
            schema(SCIMSchema.enterprise, "EnterpriseUser", "A person in the enterprise.", enterprise, base),
            schema(SCIMSchema.person, "WeComUser", "What WeCom knows of a person beside.", person, base),
            schema(
                SCIMSchema.extendedFields,
                "ExtendedFields",
                "The fields that the tenant added, and that people have values of.",
                fields.map { SCIMAttribute(name: $0, description: "An extended field.") },
                base
            ),
            schema(SCIMSchema.group, "Group", "A department.", group, base),
            schema(
                SCIMSchema.department,
                "WeComDepartment",
                "What WeCom knows of a department beside.",
                department,
                base
            ),
            schema(
                SCIMSchema.serviceProviderConfig,
                "ServiceProviderConfig",
                "What a service can do.",
                SCIMMetaschemas.serviceProviderConfig,
                base
            ),
            schema(SCIMSchema.resourceType, "ResourceType", "A kind of resources.", SCIMMetaschemas.resourceType, base),
            schema(SCIMSchema.schema, "Schema", "The attributes of resources.", SCIMMetaschemas.schema, base),
        ]
    }

    private static func schema(
        _ id: String,
        _ name: String,
        _ description: String,
        _ attributes: [SCIMAttribute],
        _ base: String
    ) -> (String, JSON) {
        let members: [String: JSON] = [
            "schemas": .array([.string(SCIMSchema.schema)]), "id": .string(id), "name": .string(name),
            "description": .string(description), "attributes": .array(attributes.map(\.json)),
            "meta": .object([
                "resourceType": .string("Schema"), "location": .string("\(base)/Schemas/\(id)"),
            ]),
        ]
        return (id, .object(members))
    }

    private static let user = [
        SCIMAttribute(
            name: "userName",
            description: "What programs call the person: as the mapping says, else WeCom's user id.",
            isRequired: true
        ),
        SCIMAttribute(
            name: "name",
            description: "The person's name.",
            kind: .complex,
            parts: [SCIMAttribute(name: "formatted", description: "The whole name, as WeCom has it.")]
        ),
        SCIMAttribute(name: "displayName", description: "What people call the person."),
        SCIMAttribute(name: "nickName", description: "Another name."),
        SCIMAttribute(name: "title", description: "The position in the enterprise."),
        SCIMAttribute(name: "locale", description: "The language of the person."),
        SCIMAttribute(name: "active", description: "Whether the person may log on.", kind: .boolean),
        .values(
            "emails",
            "Addresses for mail.",
            types: ["work"],
            [SCIMAttribute(name: "primary", description: "Whether it is the first choice.", kind: .boolean)]
        ),
        .values("phoneNumbers", "Numbers of phones.", types: ["mobile", "work"]),
        .values(
            "photos",
            "The picture.",
            types: ["photo"],
            value: SCIMAttribute(
                name: "value",
                description: "The address of the picture.",
                kind: .reference,
                isCaseExact: true,
                referenceTypes: ["external"]
            )
        ),
        .values(
            "addresses",
            "Where the person works.",
            types: ["work"],
            value: SCIMAttribute(name: "formatted", description: "The whole address.")
        ),
        .reference(
            "groups",
            "The departments that the person is in directly; none for who is gone.",
            to: .groups,
            isMultiValued: true,
            types: ["direct"]
        ),
    ]

    private static let enterprise = [
        SCIMAttribute(name: "employeeNumber", description: "The number that the enterprise gave the person."),
        SCIMAttribute(name: "department", description: "As the mapping says, else the main department's name."),
        .reference(
            "manager",
            "Whom the person reports to: as the mapping says, else the first leader that WeCom names.",
            to: .users,
            displayName: "displayName"
        ),
    ]

    private static let identityProvider = SCIMAttribute(
        name: "identityProvider",
        description: "The id of the identity provider.",
        isCaseExact: true
    )

    private static let person = [
        identityProvider,
        SCIMAttribute(
            name: "status",
            description: "WeCom's status: 1 active, 2 disabled, 4 not activated, 5 left.",
            kind: .integer
        ),
        SCIMAttribute(name: "gender", description: "The gender."),
        .reference("mainDepartment", "The main department.", to: .groups),
        .reference("leaders", "Whom WeCom names as leaders.", to: .users, isMultiValued: true),
    ]

    private static let group = [
        SCIMAttribute(name: "displayName", description: "The department's name.", isRequired: true),
        .reference(
            "members",
            "Who is in the department directly.",
            to: .users,
            isMultiValued: true,
            types: ["User"]
        ),
    ]

    private static let department = [
        identityProvider,
        SCIMAttribute(name: "englishName", description: "The English name."),
        SCIMAttribute(name: "order", description: "WeCom's order among its siblings: higher first.", kind: .integer),
        .reference("parent", "The department above.", to: .groups),
        .reference("leaders", "The department's leaders.", to: .users, isMultiValued: true),
    ]
}
