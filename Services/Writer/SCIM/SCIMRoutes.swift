import FoundationEssentials
import HTTPTypes
import Hummingbird
import Messages
import Runtime

/// SCIM 2.0, to be read (RFC 7643, 7644, 9865), at `/scim/v2`.
struct SCIMRoutes: Sendable {
    static let path = "/scim/v2"
    /// The header that says since when a client asks for changes next, in the form of `meta.lastModified`.
    static let completeUntil = HTTPField.Name("Complete-Until")

    let scim: SCIMDirectory
    /// The origin that clients reach it by; nil where that is the one that they ask.
    let publicURL: String?

    func add(to router: Router<DirectoryContext>, _ access: SCIMAccess) {
        let api = router.group(RouterPath(Self.path)).add(middleware: access)
        addDiscovery(to: api)
        for kind in SCIMResourceKind.allCases {
            let path = kind.rawValue
            api.get(RouterPath("\(path)")) { request, context in
                try await list(kind, SCIMParameters(query: request.uri.query ?? ""), request, context)
            }
            api.post(RouterPath("\(path)/.search")) { request, context in
                try await list(kind, SCIMParameters(request, context), request, context)
            }
            api.get(RouterPath("\(path)/{id}")) { request, context in try await resource(kind, request, context) }
            api.post(RouterPath("\(path)")) { _, _ -> Response in throw Self.readOnly }
            for method in [HTTPRequest.Method.put, .patch, .delete] {
                api.on(RouterPath("\(path)/{id}"), method: method) { _, _ -> Response in throw Self.readOnly }
            }
        }
        api.post("Bulk") { _, _ -> Response in throw Self.readOnly }
        api.post(".search") { _, _ -> Response in
            throw Problem(.notImplemented, "not-implemented", detail: "Search people or departments, not both at once.")
        }
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            api.on("Me", method: method) { _, _ -> Response in throw Self.nobody }
        }
    }

    private func addDiscovery(to api: RouterGroup<DirectoryContext>) {
        for path in ["ServiceProviderConfig", "ResourceTypes", "Schemas"] {
            for method in [HTTPRequest.Method.post, .put, .patch, .delete] {
                api.on(RouterPath(path), method: method) { _, _ -> Response in throw Self.onlyGet }
            }
        }
        api.get("ServiceProviderConfig") { request, _ in
            try Self.answer(SCIMDiscovery.serviceProviderConfig(at: base(request)))
        }
        api.get("ResourceTypes") { request, _ in
            try Self.list(SCIMDiscovery.resourceTypes(at: base(request)), request)
        }
        api.get("ResourceTypes/{id}") { request, context in
            try Self.one(of: SCIMDiscovery.resourceTypes(at: base(request)), context)
        }
        api.get("Schemas") { request, context in try Self.list(try await schemas(request, context), request) }
        api.get("Schemas/{id}") { request, context in try Self.one(of: try await schemas(request, context), context) }
    }

    private func schemas(_ request: Request, _ context: DirectoryContext) async throws -> [(id: String, json: JSON)] {
        let fields = try await scim.extendedFields(as: context.requireAccess())
        return SCIMSchemas.all(fields, at: base(request))
    }

    private func list(
        _ kind: SCIMResourceKind,
        _ parameters: SCIMParameters,
        _ request: Request,
        _ context: DirectoryContext
    ) async throws -> Response {
        let query = try SCIMQuery(parameters, of: kind)
        let page = try await scim.page(of: kind, query, at: base(request), as: context.requireAccess())
        var members: [String: JSON] = [
            "schemas": .array([.string(SCIMSchema.listResponse)]), "totalResults": .integer(Int64(page.total)),
            "itemsPerPage": .integer(Int64(page.resources.count)),
            "Resources": .array(page.resources.map { .object(query.projection.applied(to: $0.members)) }),
        ]
        switch query.page {
        case .index(let index): members["startIndex"] = .integer(Int64(index))
        case .cursor: members["nextCursor"] = page.next.map { .string($0.text(of: query.subject)) }
        }
        var headers = HTTPFields()
        if let name = Self.completeUntil { headers[name] = page.complete.description }
        return try Self.answer(members, headers)
    }

    private func resource(
        _ kind: SCIMResourceKind,
        _ request: Request,
        _ context: DirectoryContext
    ) async throws -> Response {
        let parameters = try SCIMParameters(query: request.uri.query ?? "")
        let projection = try SCIMProjection(
            parameters.attributes,
            without: parameters.excludedAttributes,
            of: kind.schema
        )
        let (id, base) = (Self.id(context), base(request))
        let access = try context.requireAccess()
        let (seen, isWhole) = (request.headers[.ifNoneMatch], kind == .users || projection.includes("members"))
        // What a version is of is read as a whole.
        let withMembers = isWhole || seen != nil
        guard let found = try await scim.resource(kind, id, withMembers: withMembers, at: base, as: access) else {
            throw SCIMProblem.noResource(id)
        }
        if let seen, found.isKnown(by: seen) {
            return Response(status: .notModified, headers: [.eTag: found.version])
        }
        return try Self.answer(projection.applied(to: found.members), withMembers ? [.eTag: found.version] : [:])
    }

    private static let readOnly = Problem(
        .notImplemented,
        "not-implemented",
        detail: "The directory is read by SCIM, and changed in WeCom."
    )

    /// What is said to `/Me`, whatever is asked of it (RFC 7644 §3.11).
    private static let nobody = Problem(
        .notImplemented,
        "not-implemented",
        detail: "A key stands for a tenant, for nobody of it."
    )

    private static let onlyGet = Problem(
        .methodNotAllowed,
        "method-not-allowed",
        detail: "What the service is can be read only.",
        headers: [.allow: "GET, HEAD"]
    )

    /// All of a short list, in one page.
    private static func list(_ all: [(id: String, json: JSON)], _ request: Request) throws -> Response {
        // A list of what the service is takes no filter (RFC 7644 §4).
        guard try SCIMParameters(query: request.uri.query ?? "").filter == nil else {
            throw Problem(.forbidden, "forbidden", detail: "There is no filter here: leave it out.")
        }
        return try answer([
            "schemas": .array([.string(SCIMSchema.listResponse)]), "totalResults": .integer(Int64(all.count)),
            "startIndex": .integer(1), "itemsPerPage": .integer(Int64(all.count)), "Resources": .array(all.map(\.json)),
        ])
    }

    private static func one(of all: [(id: String, json: JSON)], _ context: DirectoryContext) throws -> Response {
        let id = Self.id(context)
        guard case .object(let members)? = all.first(where: { $0.id == id })?.json else {
            throw SCIMProblem.noResource(id)
        }
        return try answer(members)
    }

    /// The path's id, of which clients may escape what they like, such as a URN's colons.
    private static func id(_ context: DirectoryContext) -> String {
        PercentEncoding.decodePath(context.parameters.get("id") ?? "")
    }

    private static func answer(_ members: [String: JSON], _ headers: HTTPFields = [:]) throws -> Response {
        var headers = headers
        headers[.contentType] = SCIMProblem.mediaType
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: try JSON.object(members).text))
        )
    }

    /// The URL that all of SCIM is below; a name that the client made up is told to it alone.
    private func base(_ request: Request) -> String {
        guard let publicURL else { return "http://\(request.head.authority ?? "localhost")\(Self.path)" }
        return PercentEncoding.url(publicURL, path: Self.path, [])
    }
}
