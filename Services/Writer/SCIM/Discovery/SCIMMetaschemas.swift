import Runtime

/// The schemas of what a client reads first (RFC 7643 §8.7.2, RFC 9865 §4).
enum SCIMMetaschemas {
    static let serviceProviderConfig = [
        supported("patch", "Whether resources can be changed in part."),
        supported(
            "bulk",
            "Whether several changes can be sent at once.",
            SCIMAttribute(name: "maxOperations", description: "How many.", kind: .integer, isRequired: true),
            SCIMAttribute(name: "maxPayloadSize", description: "How many bytes.", kind: .integer, isRequired: true)
        ),
        supported(
            "filter",
            "Whether lists can be filtered.",
            SCIMAttribute(
                name: "maxResults",
                description: "Resources of a page at most.",
                kind: .integer,
                isRequired: true
            )
        ),
        supported("changePassword", "Whether passwords can be changed."),
        supported("sort", "Whether lists can be sorted."),
        supported("etag", "Whether resources have versions."),
        SCIMAttribute(
            name: "pagination",
            description: "How pages follow each other.",
            kind: .complex,
            parts: [
                SCIMAttribute(name: "cursor", description: "By cursors.", kind: .boolean, isRequired: true),
                SCIMAttribute(name: "index", description: "By numbers.", kind: .boolean, isRequired: true),
                SCIMAttribute(
                    name: "defaultPaginationMethod",
                    description: "How, where the client does not say.",
                    canonicalValues: ["cursor", "index"]
                ),
                SCIMAttribute(
                    name: "defaultPageSize",
                    description: "Resources of a page, where the client does not say.",
                    kind: .integer
                ),
                SCIMAttribute(name: "maxPageSize", description: "Resources of a page at most.", kind: .integer),
            ]
        ),
        SCIMAttribute(
            name: "authenticationSchemes",
            description: "How clients say who they are.",
            kind: .complex,
            isMultiValued: true,
            isRequired: true,
            parts: [
                SCIMAttribute(name: "type", description: "The kind of scheme.", isRequired: true),
                SCIMAttribute(name: "name", description: "Its name.", isRequired: true),
                SCIMAttribute(name: "description", description: "What it is.", isRequired: true),
                external("specUri", "Where it is specified."),
                SCIMAttribute(name: "primary", description: "Whether it is the first choice.", kind: .boolean),
            ]
        ),
    ]

    static let resourceType = [
        SCIMAttribute(name: "name", description: "The type's name.", isRequired: true),
        SCIMAttribute(name: "description", description: "What resources of the type are."),
        uri("endpoint", "Where they are."),
        uri("schema", "The schema that they have."),
        SCIMAttribute(
            name: "schemaExtensions",
            description: "Further schemas.",
            kind: .complex,
            isMultiValued: true,
            parts: [
                uri("schema", "The URN of the schema."),
                SCIMAttribute(name: "required", description: "Whether each has it.", kind: .boolean, isRequired: true),
            ]
        ),
    ]

    static let schema = [
        SCIMAttribute(name: "name", description: "The schema's name."),
        SCIMAttribute(name: "description", description: "What it describes."),
        SCIMAttribute(
            name: "attributes",
            description: "The attributes that there are.",
            kind: .complex,
            isMultiValued: true,
            isRequired: true,
            parts: attribute + [
                SCIMAttribute(
                    name: "subAttributes",
                    description: "The parts of a complex one.",
                    kind: .complex,
                    isMultiValued: true,
                    parts: attribute
                )
            ]
        ),
    ]

    private static let attribute = [
        SCIMAttribute(name: "name", description: "The attribute's name.", isRequired: true, isCaseExact: true),
        SCIMAttribute(name: "type", description: "What its values are.", isRequired: true),
        SCIMAttribute(name: "multiValued", description: "Whether it has several.", kind: .boolean, isRequired: true),
        SCIMAttribute(name: "description", description: "What it tells."),
        SCIMAttribute(name: "required", description: "Whether each resource has it.", kind: .boolean),
        SCIMAttribute(name: "caseExact", description: "Whether case counts.", kind: .boolean),
        SCIMAttribute(name: "mutability", description: "Whether a client can change it.", isCaseExact: true),
        SCIMAttribute(name: "returned", description: "When it is answered.", isCaseExact: true),
        SCIMAttribute(name: "uniqueness", description: "Whether no two resources share a value.", isCaseExact: true),
        SCIMAttribute(name: "canonicalValues", description: "Usual values.", isMultiValued: true, isCaseExact: true),
        SCIMAttribute(name: "referenceTypes", description: "What it can name.", isMultiValued: true, isCaseExact: true),
    ]

    private static func supported(_ name: String, _ description: String, _ further: SCIMAttribute...) -> SCIMAttribute {
        let supported = SCIMAttribute(name: "supported", description: description, kind: .boolean, isRequired: true)
        return SCIMAttribute(
            name: name,
            description: description,
            kind: .complex,
            isRequired: true,
            parts: [supported] + further
        )
    }

    private static func uri(_ name: String, _ description: String) -> SCIMAttribute {
        SCIMAttribute(
            name: name,
            description: description,
            kind: .reference,
            isRequired: true,
            isCaseExact: true,
            referenceTypes: ["uri"]
        )
    }

    private static func external(_ name: String, _ description: String) -> SCIMAttribute {
        SCIMAttribute(
            name: name,
            description: description,
            kind: .reference,
            isCaseExact: true,
            referenceTypes: ["external"]
        )
    }
}
