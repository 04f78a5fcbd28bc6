import Exports
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
        guard let access else { throw Problem(.unauthorized, "unauthorized") }
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
                fix: "Send Authorization: Bearer with one of DIRECTORY_API_KEYS."
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
    api.get("idps/{idp}/departments") { request, context in
        try await json(
            bytes: directory.departments(
                of: identityProvider(context),
                numbers(request),
                after: Int64(request.uri.queryParameters["cursor"] ?? "") ?? .min,
                limit: limit(request),
                countingPeople: request.uri.queryParameters["people"] == "true",
                as: context.requireAccess()
            ).json
        )
    }
    api.get("idps/{idp}/users") { request, context in
        try await json(
            directory.users(
                of: identityProvider(context),
                after: request.uri.queryParameters["cursor"].map(String.init) ?? "",
                limit: limit(request),
                DirectoryUserFilter(request),
                as: context.requireAccess()
            )
        )
    }
    api.get("idps/{idp}/missing") { request, context in
        try await json(
            directory.missing(
                of: identityProvider(context),
                missingState(request),
                after: request.uri.queryParameters["cursor"].map(String.init) ?? "",
                limit: limit(request),
                as: context.requireAccess()
            )
        )
    }
    api.get("idps/{idp}/summary") { _, context in
        let id = try identityProvider(context)
        guard let summary = try await directory.summary(of: id, as: context.requireAccess()) else {
            throw Problem.notFound("There is no directory of the identity provider \(id).")
        }
        return try json(summary)
    }
    api.get("users/{user}") { request, context in
        let (id, provider) = (try user(context), try providerMeant(request))
        if let time = try time(request) {
            return try json(await directory.user(id, in: provider, at: time, as: context.requireAccess()))
        }
        guard let user = try await directory.user(id, in: provider, as: context.requireAccess()) else { throw noUser }
        return try json(user)
    }
    addHistory(of: directory, to: api)
    api.get("runs/{run}/objects") { request, context in
        let filter = try RunObjectFilter(request)
        let limit = try limit(request)
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

/// What became of people, of departments and by runs.
private func addHistory(of directory: DirectoryReading, to api: RouterGroup<DirectoryContext>) {
    api.get("users/{user}/history") { request, context in
        let (cursor, limit) = (try HistoryCursor(request), try limit(request))
        let access = try context.requireAccess()
        guard
            let page = try await directory.history(
                of: user(context),
                in: providerMeant(request),
                after: cursor,
                limit: limit,
                as: access
            )
        else { throw noUser }
        return try json(page)
    }
    api.get("idps/{idp}/departments/{department}/history") { request, context in
        let (cursor, limit) = (try HistoryCursor(request), try limit(request))
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
        let (filter, format) = (try RunObjectFilter(request), try format(request))
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
        let (filter, limit, access) = (try RunObjectFilter(request), try limit(request), try context.requireAccess())
        let page = try await directory.plannedObjects(of: run(context), filter, limit: limit, as: access)
        guard let page else { throw noPlan }
        return try json(page)
    }
    api.get("runs/{run}/plan/differences") { request, context in
        let (filter, limit, access) = (try RunObjectFilter(request), try limit(request), try context.requireAccess())
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

/// The identity provider whose person is meant, where the request says so.
private func providerMeant(_ request: Request) throws -> IdentityProviderID? {
    guard let text = request.uri.queryParameters["idp"] else { return nil }
    guard let id = IdentityProviderID(String(text)) else {
        throw Problem.invalid([FieldError("idp", "Give the id of an identity provider.")])
    }
    return id
}

/// The departments that are asked for; nil for all.
private func numbers(_ request: Request) throws -> [Int64]? {
    guard let text = request.uri.queryParameters["externalIDs"] else { return nil }
    let numbers = text.split(separator: ",").map { Int64($0) }
    guard (1...500).contains(numbers.count), !numbers.contains(nil) else {
        throw Problem.invalid([FieldError("externalIDs", "Give 1 to 500 numbers of departments, with commas between.")])
    }
    return numbers.compactMap(\.self)
}

/// The time of which the directory is asked for; nil for now.
private func time(_ request: Request) throws -> Timestamp? {
    guard let text = request.uri.queryParameters["at"] else { return nil }
    guard let time = Timestamp(String(text)) else {
        throw Problem.invalid([FieldError("at", "Give a time in UTC, such as 2026-03-01T08:30:00Z.")])
    }
    return time
}

private func format(_ request: Request) throws -> ExportFormat {
    guard let text = request.uri.queryParameters["format"] else { return .jsonl }
    guard let format = ExportFormat(rawValue: String(text)) else {
        throw Problem.invalid([FieldError("format", "Give csv or jsonl.")])
    }
    return format
}

private func identityProvider(_ context: DirectoryContext) throws -> IdentityProviderID {
    guard let id = context.parameters.get("idp").flatMap({ IdentityProviderID($0) }) else {
        throw Problem.notFound("There is no such identity provider.")
    }
    return id
}

private func limit(_ request: Request) throws -> Int {
    guard let text = request.uri.queryParameters["limit"] else { return 100 }
    guard let limit = Int(text), (1...1_000).contains(limit) else {
        throw Problem.invalid([FieldError("limit", "A page has 1 to 1000 entries.")])
    }
    return limit
}

private func missingState(_ request: Request) throws -> MissingObject.State? {
    guard let text = request.uri.queryParameters["state"] else { return nil }
    guard let state = MissingObject.State(rawValue: String(text)) else {
        let states = MissingObject.State.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem.invalid([FieldError("state", "A state is one of \(states).")])
    }
    return state
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
