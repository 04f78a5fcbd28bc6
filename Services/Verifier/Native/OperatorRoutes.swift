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
            return try JSONAnswer.make(["items": try await people.list(user, in: idp)])
        }
        router.delete("/api/v1/idps/{idp}/users/{user}/sessions") { request, context in
            let (idp, user) = try person(request, context)
            return try JSONAnswer.make(["ended": try await people.end(user, in: idp)])
        }
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
