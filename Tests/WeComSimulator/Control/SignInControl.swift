import Hummingbird

/// Gives out sign-in codes without a page, as the native SDK does inside an app (wecom.md §4.5).
struct SignInControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.post("corps/:corp/sign-in-codes") { request, context in
            let corp = try simulator.corp(context)
            let fields = try await request.json()
            let signIn = SignIn(
                corpID: corp.id,
                agentID: fields["agentID"]?.integer,
                person: try Self.person(fields, corp),
                showsPrivateFields: fields["scope"]?.text == "snsapi_privateinfo"
            )
            let lifetime = simulator.lifetimes.current.signInCode
            let code = simulator.signIns.codes.issue(signIn, length: 43, lifetime: lifetime)
            return Response.json(["code": .string(code), "expires_in": .integer(lifetime)], status: .created)
        }
    }

    /// By `userid`, or somebody else's `openid`.
    private static func person(_ fields: JSON, _ corp: Corp) throws -> SignedIn {
        if let openID = fields["openid"]?.text { return .outsider(openID) }
        let id = try fields.required("userid")
        guard let user = corp.organisation.user(id) else { throw refusal(.notFound, "no user \(id)") }
        return .member(user.id)
    }
}
