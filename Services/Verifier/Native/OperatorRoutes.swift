import HTTPTypes
import Hummingbird
import Messages
import Runtime

/// What operators look up besides diagnoses.
struct OperatorRoutes: Sendable {
    let sessions: SessionStore
    let operators: OperatorAccess

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/api/v1/idps/{idp}/logons") { request, context in
            try operators.check(request)
            guard let id = context.parameters.get("idp").flatMap({ IdentityProviderID($0) }) else {
                throw Problem.notFound("There is no such identity provider.")
            }
            return try JSONAnswer.make(try await sessions.statistics(of: id))
        }
    }
}
