import FoundationEssentials
import Hummingbird
import Messages
import Postgres
import Rebuild
import Runtime

/// What a request to the directory carries: who asks.
struct DirectoryContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var access: DirectoryReaders.Access?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// - Throws: 401 where nobody was told apart.
    func requireAccess() throws -> DirectoryReaders.Access {
        guard let access else { throw Problem(.unauthorized, "unauthorized", headers: [.wwwAuthenticate: "Bearer"]) }
        return access
    }
}

/// Lets in who has a key.
struct DirectoryAccess: RouterMiddleware {
    typealias Context = DirectoryContext
    let readers: DirectoryReaders

    func handle(
        _ request: Request,
        context: DirectoryContext,
        next: @concurrent (Request, DirectoryContext) async throws -> Response
    ) async throws -> Response {
        guard let key = request.bearerToken, let access = readers.access(for: key) else {
            throw Problem(
                .unauthorized,
                "unauthorized",
                detail: "The directory is shown to holders of a key only.",
                fix: "Send Authorization: Bearer with one of DIRECTORY_API_KEYS.",
                headers: [.wwwAuthenticate: "Bearer"]
            )
        }
        var context = context
        context.access = access
        return try await next(request, context)
    }
}

/// The writer's API: what it reads out of the directory, by an interface of our own and by SCIM, and that it tells all of
/// it anew (architecture.md §6).
///
/// - Parameters:
///   - rebuild: What `/api/v1/rebuild` has done; nil where it has none.
///   - scim: Reads what SCIM asks for, by connections of its own; nil where it has none.
///   - registry: Who knows the tenants' API keys; nil where it is not asked.
///   - publicURL: The origin that clients reach it by; nil where that is the one that they ask.
func directoryRouter(
    _ directory: DirectoryReading,
    _ republications: Republications,
    rebuild: Rebuilding<DirectoryRebuild>? = nil,
    scim: DirectoryReading? = nil,
    readers: DirectoryReaders,
    registry: RegistryKeys? = nil,
    publicURL: String? = nil
) -> Router<DirectoryContext> {
    let router = makeRouter(context: DirectoryContext.self)
    router.add(middleware: ProblemMiddleware(problem, answer: SCIMProblem.response))
    router.get("/openapi.json") { _, _ in openAPI }
    SCIMRoutes(scim: SCIMDirectory(directory: scim ?? directory), publicURL: publicURL)
        .add(to: router, SCIMAccess(readers: readers, registry: registry))
    let api = router.group("/api/v1").add(middleware: DirectoryAccess(readers: readers))
        .add(middleware: StorableParameters())
    addLists(of: directory, to: api)
    api.get("idps/{idp}/summary") { _, context in
        let id = try identityProvider(context)
        guard let summary = try await directory.summary(of: id, as: context.requireAccess()) else {
            throw Problem.noDirectory(of: id)
        }
        return try json(summary)
    }
    api.get("users/{user}") { request, context in
        let (id, provider) = (try user(context), try request.providerMeant)
        if let time = try request.time {
            return try json(await directory.user(id, in: provider, at: time, as: context.requireAccess()))
        }
        guard let user = try await directory.user(id, in: provider, as: context.requireAccess()) else { throw noUser }
        return try json(user)
    }
    addHistory(of: directory, to: api)
    api.get("runs/{run}/objects") { request, context in
        let filter = try RunObjectFilter(request)
        let limit = try request.pageLimit
        guard let run = context.parameters.get("run").flatMap({ RunID($0) }),
            let page = try await directory.objects(of: run, filter, limit: limit, as: context.requireAccess())
        else { throw Problem.notFound("There is no such run, or what it did is not kept any more.") }
        return try json(page)
    }
    addPlans(of: directory, to: api)
    api.post("republications") { request, context in
        try json(await republications.accept(request, context, in: directory), .accepted)
    }
    if let rebuild { addRebuild(rebuild, to: api) }
    return router
}

/// That the directory is rebuilt beside the one in use, compared and switched, for who sees all tenants.
private func addRebuild(_ rebuild: Rebuilding<DirectoryRebuild>, to api: RouterGroup<DirectoryContext>) {
    RebuildRoutes(rebuild) { (_, context: DirectoryContext) in
        guard try context.requireAccess() == .all else {
            throw Problem(
                .forbidden,
                "forbidden",
                detail: "The key shows one tenant.",
                fix: "Use a key for all tenants."
            )
        }
    } answer: { status, code in
        var response = try json(status, code)
        response.headers[.cacheControl] = "no-store"
        return response
    }
    .add(to: api, at: "rebuild")
}

/// What errors that are not the caller's mean to the caller: never what the database said.
@Sendable private func problem(_ error: any Error) -> Problem? {
    guard let error = error as? PostgresError, error.isAway else { return nil }
    return .unavailable("The directory does not answer at present.")
}

/// Who and what an identity provider's directory has.
private func addLists(of directory: DirectoryReading, to api: RouterGroup<DirectoryContext>) {
    api.get("idps/{idp}/departments") { request, context in
        let (id, cursor) = (try identityProvider(context), try request.departmentCursor)
        let access = try context.requireAccess()
        let page = try await directory.departments(
            of: id,
            request.departmentNumbers,
            after: cursor ?? .min,
            limit: request.pageLimit,
            countingPeople: request.countsPeople,
            as: access
        )
        return json(bytes: page.json)
    }
    api.get("idps/{idp}/users") { request, context in
        let (id, cursor) = (try identityProvider(context), request.query["cursor"] ?? "")
        let access = try context.requireAccess()
        let page = try await directory.users(
            of: id,
            after: cursor,
            limit: request.pageLimit,
            DirectoryUserFilter(request),
            as: access
        )
        return try json(page)
    }
    api.get("idps/{idp}/missing") { request, context in
        let (id, cursor) = (try identityProvider(context), try request.missingCursor)
        let access = try context.requireAccess()
        let page = try await directory.missing(
            of: id,
            request.missingState,
            after: cursor ?? "",
            limit: request.pageLimit,
            as: access
        )
        return try json(page)
    }
}

/// What became of people, of departments and by runs.
private func addHistory(of directory: DirectoryReading, to api: RouterGroup<DirectoryContext>) {
    api.get("users/{user}/history") { request, context in
        let (cursor, limit) = (try HistoryCursor(request), try request.pageLimit)
        let access = try context.requireAccess()
        guard
            let page = try await directory.history(
                of: user(context),
                in: request.providerMeant,
                after: cursor,
                limit: limit,
                as: access
            )
        else { throw noUser }
        return try json(page)
    }
    api.get("idps/{idp}/departments/{department}/history") { request, context in
        let (cursor, limit) = (try HistoryCursor(request), try request.pageLimit)
        let access = try context.requireAccess()
        guard let id = context.parameters.get("department").flatMap({ Int64($0) }),
            let page = try await directory.history(
                of: id,
                in: identityProvider(context),
                after: cursor,
                limit: limit,
                as: access
            )
        else { throw Problem.notFound("There is no such department, and its history is not kept.") }
        return try json(page)
    }
    api.get("runs/{run}/objects/export") { request, context in
        let (filter, format) = (try RunObjectFilter(request), try request.exportFormat)
        let access = try context.requireAccess()
        guard let run = context.parameters.get("run").flatMap({ RunID($0) }),
            let response = try await RunObjectsExport(
                directory: directory,
                run: run,
                format: format,
                filter: filter,
                access: access
            ).response()
        else { throw Problem.notFound("There is no such run, or what it did is not kept any more.") }
        return response
    }
}

/// What runs would do.
private func addPlans(of directory: DirectoryReading, to api: RouterGroup<DirectoryContext>) {
    let noPlan = Problem.notFound("There is no such run, or it has no plan, or that is not kept any more.")
    @Sendable func run(_ context: DirectoryContext) throws -> RunID {
        guard let run = context.parameters.get("run").flatMap({ RunID($0) }) else { throw noPlan }
        return run
    }
    api.get("runs/{run}/plan") { _, context in
        guard let plan = try await directory.plan(of: run(context), as: context.requireAccess()) else { throw noPlan }
        return try json(plan)
    }
    api.get("runs/{run}/plan/objects") { request, context in
        let (filter, limit, access) = (try RunObjectFilter(request), try request.pageLimit, try context.requireAccess())
        let page = try await directory.plannedObjects(of: run(context), filter, limit: limit, as: access)
        guard let page else { throw noPlan }
        return try json(page)
    }
    api.get("runs/{run}/plan/differences") { request, context in
        let (filter, limit, access) = (try RunObjectFilter(request), try request.pageLimit, try context.requireAccess())
        let page = try await directory.planDifferences(of: run(context), filter, limit: limit, as: access)
        guard let page else { throw noPlan }
        return try json(page)
    }
}

private let noUser = Problem.notFound("There is no such user.")

private func user(_ context: DirectoryContext) throws -> UserID {
    guard let id = context.parameters.get("user").flatMap({ UserID($0) }) else { throw noUser }
    return id
}

private func identityProvider(_ context: DirectoryContext) throws -> IdentityProviderID {
    guard let id = context.parameters.get("idp").flatMap({ IdentityProviderID($0) }) else {
        throw Problem.notFound("There is no such identity provider.")
    }
    return id
}

/// The committed description of this API.
private let openAPI = Response(
    status: .ok,
    headers: [.contentType: "application/json; charset=utf-8"],
    body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_json))
)

private func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
    json(bytes: [UInt8](try MessageJSON.encoder.encode(value)), status)
}

private func json(bytes: [UInt8], _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
        status: status,
        headers: [.contentType: "application/json; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
}
