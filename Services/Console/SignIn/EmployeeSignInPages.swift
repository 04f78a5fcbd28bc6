import Foundation
import Hummingbird
import NIOHTTP1
import Runtime
import Sealing
import Web

/// Signing in with one's own WeCom account, for employees who are administrators: the authorization code flow of OpenID
/// Connect with the verifier, state bound to the browser, and PKCE.
struct EmployeeSignInPages: Sendable {
    /// Where the verifier sends people back to.
    static let callback = "/sign-in/wecom/callback"

    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/sign-in/wecom", desk) { visit in try begin(visit) }
        router.page("/sign-in/wecom/callback", desk) { visit in try await comeBack(visit) }
    }

    /// A link and not a form: the policy of the pages lets no form lead to another site.
    private func begin(_ visit: Visit) throws -> Response {
        guard let client = desk.settings.signIn else { throw PageError.notFound }
        if let session = visit.context.session { return visit.redirect(to: SignInPages.home(of: session)) }
        let next = visit.query["next"].flatMap(SignInPages.local)
        let pending = PendingSignIn(next: next, now: Int(Date().timeIntervalSince1970))
        var response = Response.redirect(
            to: client.authorization(of: pending, language: visit.language.rawValue),
            type: .normal
        )
        response.setCookie(try desk.cookies.cookie(for: pending))
        return response
    }

    private func comeBack(_ visit: Visit) async throws -> Response {
        guard let client = desk.settings.signIn else { throw PageError.notFound }
        let now = Int(Date().timeIntervalSince1970)
        guard let pending = desk.cookies.pending(of: visit.request, at: now), let state = visit.query["state"],
            ConstantTime.areEqual(state, pending.state), visit.query["iss"] == client.logonURL
        else { return try refused(visit, "signIn.begunElsewhere") }
        guard let code = visit.query["code"] else { return try refused(visit, "signIn.notLoggedOn") }
        let tokens: SignInClient.Tokens
        do throws(SignInClient.Failure) {
            tokens = try await client.redeem(code, of: pending, by: desk.http)
        } catch {
            return try refused(visit, error == .away ? "problem.no-answer" : "signIn.notLoggedOn")
        }
        return try await enter(visit, tokens, pending, client)
    }

    /// Whoever is no administrator has a session with the verifier that nobody needs.
    private func enter(
        _ visit: Visit,
        _ tokens: SignInClient.Tokens,
        _ pending: PendingSignIn,
        _ client: SignInClient
    ) async throws -> Response {
        do {
            let registry = desk.registry(with: Secret(tokens.access))
            let current = try await registry.get("/api/v1/api-keys/current", as: CurrentAPIKey.self)
            let now = Int(Date().timeIntervalSince1970)
            let session = Session(current, tokens: tokens, now: now)
            var response = visit.redirect(to: pending.next ?? SignInPages.home(of: session))
            response.setCookie(try desk.cookies.cookie(for: session))
            response.setCookie(desk.cookies.noPending)
            return response
        } catch let problem as APIProblem where problem.status == 401 || problem.canBeMended {
            if let token = tokens.refresh { await client.revoke(token, by: desk.http) }
            return try refused(visit, problem.status == 401 ? "signIn.noAdministrator" : "problem.no-answer")
        }
    }

    private func refused(_ visit: Visit, _ reason: String) throws -> Response {
        var response = try SignInPages(desk: desk).show(visit, notLetIn: reason)
        response.setCookie(desk.cookies.noPending)
        return response
    }
}
