import Runtime

/// What a client can know before it asks for anybody (RFC 7643 §5 and §6, RFC 9865 §4).
enum SCIMDiscovery {
    static func serviceProviderConfig(at base: String) -> [String: JSON] {
        let unsupported = JSON.object(["supported": .boolean(false)])
        let supported = JSON.object(["supported": .boolean(true)])
        return [
            "schemas": .array([.string(SCIMSchema.serviceProviderConfig)]),
            "patch": unsupported,
            "bulk": .object([
                "supported": .boolean(false), "maxOperations": .integer(0), "maxPayloadSize": .integer(0),
            ]),
            "filter": .object([
                "supported": .boolean(true), "maxResults": .integer(Int64(SCIMQuery.mostCount)),
            ]),
            "changePassword": unsupported,
            "sort": unsupported,
            "etag": supported,
            "pagination": .object([
                "cursor": .boolean(true), "index": .boolean(true), "defaultPaginationMethod": .string("index"),
                "defaultPageSize": .integer(Int64(SCIMQuery.defaultCount)),
                "maxPageSize": .integer(Int64(SCIMQuery.mostCount)),
            ]),
            "authenticationSchemes": .array([
                .object([
                    "type": .string("oauthbearertoken"), "name": .string("Bearer token"),
                    "description": .string("A key of the tenant's for the directory, as Authorization: Bearer."),
                    "specUri": .string("https://www.rfc-editor.org/info/rfc6750"), "primary": .boolean(true),
                ])
            ]),
            "meta": meta("ServiceProviderConfig", "\(base)/ServiceProviderConfig"),
        ]
    }

    static func resourceTypes(at base: String) -> [(id: String, json: JSON)] {
        SCIMResourceKind.allCases.map { kind in
            let extensions = kind.extensions.map { schema in
                JSON.object(["schema": .string(schema), "required": .boolean(false)])
            }
            let members: [String: JSON] = [
                "schemas": .array([.string(SCIMSchema.resourceType)]), "id": .string(kind.name),
                "name": .string(kind.name), "endpoint": .string("/\(kind.rawValue)"),
                "description": .string(kind == .users ? "People." : "Departments."), "schema": .string(kind.schema),
                "schemaExtensions": .array(extensions),
                "meta": meta("ResourceType", "\(base)/ResourceTypes/\(kind.name)"),
            ]
            return (kind.name, .object(members))
        }
    }

    private static func meta(_ type: String, _ location: String) -> JSON {
        .object(["resourceType": .string(type), "location": .string(location)])
    }
}
