import FoundationEssentials
import Hummingbird
import Runtime
import Sealing
import Web

/// One request for a page, and all that is at hand to answer it.
struct Visit: Sendable {
    let desk: Desk
    let request: Request
    let context: ConsoleContext
    /// Why what was sent was not done; the form is shown again with it.
    private(set) var problem: APIProblem?

    init(_ desk: Desk, _ request: Request, _ context: ConsoleContext) {
        self.desk = desk
        self.request = request
        self.context = context
    }

    var language: Language { context.language }
    var texts: Texts { desk.texts(in: language) }
    var form: FormFields { context.form }
    var query: FormFields { request.queryForm }

    /// Who is signed in.
    ///
    /// - Throws: ``PageError/notFound`` on a page that asks nobody to sign in.
    var session: Session {
        get throws {
            guard let session = context.session else { throw PageError.notFound }
            return session
        }
    }

    /// Whether whoever is signed in may do what needs a role.
    func may(_ role: Role) -> Bool { context.session?.may(role) ?? false }

    /// Who is signed in, and as what, by the registry's word of this moment: for what other services do at the console's
    /// word alone.
    func caller() async throws -> CurrentAPIKey {
        try await registry.get("/api/v1/api-keys/current", as: CurrentAPIKey.self)
    }

    /// The registry, asked with the key of whoever is signed in.
    var registry: ServiceAPI {
        get throws { desk.registry(with: Secret(try session.key)) }
    }

    /// A part of the path that is an id of ours: a UUID.
    ///
    /// - Throws: ``PageError/notFound`` when it is none, so that no path of a service is made of anything else.
    func id(_ name: String) throws -> String {
        guard let text = context.parameters.get(name), let id = UUID(uuidString: text) else { throw PageError.notFound }
        return id.uuidString.lowercased()
    }

    /// Does something, and shows the form again where it is refused for a reason that whoever sent it can mend.
    func attempt(
        _ body: () async throws -> Response,
        otherwise again: (Visit) async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let problem as APIProblem where problem.canBeMended {
            return try await refusing(problem, again)
        }
    }

    /// Shows a page that says why what was asked for was not done.
    func refusing(_ problem: APIProblem, _ show: (Visit) async throws -> Response) async throws -> Response {
        var visit = self
        visit.problem = problem
        var response = try await show(visit)
        response.status = HTTPResponse.Status(code: problem.status)
        return response
    }

    /// Leads to another page, which says what was done.
    ///
    /// - Parameter done: A key of the texts' group `done`.
    func redirect(to path: String, done: String? = nil) -> Response {
        .redirect(to: PercentEncoding.url(path, [("done", done)]), type: .normal)
    }
}

extension RouterMethods<ConsoleContext> {
    /// A page that is read.
    func page(
        _ path: RouterPath,
        _ desk: Desk,
        _ show: @escaping @Sendable (Visit) async throws -> Response
    ) {
        get(path) { request, context in try await show(Visit(desk, request, context)) }
    }

    /// What a form is sent to.
    func action(
        _ path: RouterPath,
        _ desk: Desk,
        _ act: @escaping @Sendable (Visit) async throws -> Response
    ) {
        post(path) { request, context in
            // A body that is no form was not checked to be ours.
            guard request.isForm else { throw PageError.foreignForm }
            return try await act(Visit(desk, request, context))
        }
    }
}
