import FoundationEssentials
import HTTPTypes
import Hummingbird
import Messages
import Runtime

/// What operators look up besides diagnoses.
struct OperatorRoutes: Sendable {
    let sessions: SessionStore
    let people: PersonSessions
    let operators: OperatorAccess

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/api/v1/idps/{idp}/logons") { request, context in
            try operators.check(request)
            guard let id = context.parameters.get("idp").flatMap({ IdentityProviderID($0) }) else {
                throw Problem.notFound("There is no such identity provider.")
            }
            return try JSONAnswer.make(try await sessions.statistics(of: id))
        }
        router.get("/api/v1/idps/{idp}/users/{user}/sessions") { request, context in
            let (idp, user) = try person(request, context)
            let page = try await people.list(user, in: idp, after: cursor(request), upTo: limit(request))
            return try JSONAnswer.make(page)
        }
        router.delete("/api/v1/idps/{idp}/users/{user}/sessions") { request, context in
            let (idp, user) = try person(request, context)
            return try JSONAnswer.make(["ended": try await people.end(user, in: idp)])
        }
    }

    private func cursor(_ request: Request) throws -> String? {
        guard let text = request.uri.queryParameters["cursor"], !text.isEmpty else { return nil }
        guard let id = UUID(uuidString: String(text)) else {
            throw Problem.invalid([FieldError("cursor", "Give the nextCursor of the page before, or leave it out.")])
        }
        return id.uuidString.lowercased()
    }

    private func limit(_ request: Request) throws -> Int {
        let sizes = PersonSessions.pageSizes
        guard let text = request.uri.queryParameters["limit"] else { return PersonSessions.usualPageSize }
        guard let limit = Int(text), sizes.contains(limit) else {
            throw Problem.invalid([FieldError("limit", "Give a whole number from 1 to 200.")])
        }
        return limit
    }

    private func person(
        _ request: Request,
        _ context: some RequestContext
    ) throws -> (IdentityProviderID, UserID) {
        try operators.check(request)
        guard let idp = context.parameters.get("idp").flatMap({ IdentityProviderID($0) }),
            let user = context.parameters.get("user").flatMap({ UserID($0) })
        else { throw Problem.notFound("There is no such person.") }
        return (idp, user)
    }
}
