import Foundation
import Hummingbird
import NIOHTTP1
import Runtime
import Sealing
import Web

/// Signing in and out, and choosing the language.
struct SignInPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/", desk) { visit in
            guard let session = visit.context.session else { return visit.redirect(to: "/sign-in") }
            return visit.redirect(to: Self.home(of: session))
        }
        router.page("/sign-in", desk) { visit in
            if let session = visit.context.session { return visit.redirect(to: Self.home(of: session)) }
            return try show(visit)
        }
        router.action("/sign-in", desk) { visit in try await signIn(visit) }
        router.action("/sign-out", desk) { visit in await signOut(visit) }
        router.action("/language", desk) { visit in switchLanguage(visit) }
        router.page("/sign-in/link/{token}", desk) { visit in
            try visit.page("link", title: visit.texts["signIn.title"], "")
        }
        router.action("/sign-in/link/{token}", desk) { visit in try await follow(visit) }
    }

    private struct Content: Sendable {
        let next: String?
        /// Why the key is not taken.
        let refused: String?
        /// Why an employee is not let in.
        let notLetIn: String?
        /// Where employees sign in with their own account; nil where they cannot.
        let employees: String?
    }

    func show(_ visit: Visit, refused: String? = nil, notLetIn: String? = nil) throws -> Response {
        let next = (visit.query["next"] ?? visit.form["next"]).flatMap(Self.local)
        let employees = desk.settings.signIn.map { _ in PercentEncoding.url("/sign-in/wecom", [("next", next)]) }
        return try visit.page(
            "signin",
            title: visit.texts["signIn.title"],
            status: refused == nil && notLetIn == nil ? .ok : .unprocessableContent,
            Content(
                next: next,
                refused: refused.map { visit.texts[$0] },
                notLetIn: notLetIn.map { visit.texts[$0] },
                employees: employees
            )
        )
    }

    private func signIn(_ visit: Visit) async throws -> Response {
        let key = (visit.form["key"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        guard (16...256).contains(key.utf8.count) else { return try show(visit, refused: "signIn.refused") }
        do {
            let session = try await Self.session(with: Secret(key), desk)
            let next = visit.form["next"].flatMap(Self.local)
            return try enter(visit, session, next)
        } catch let problem as APIProblem where problem.status == 401 {
            return try show(visit, refused: "signIn.refused")
        } catch let problem as APIProblem where problem.canBeMended {
            return try show(visit, refused: "problem.no-answer")
        }
    }

    /// A one-time link holds a key that was made for it. It is replaced here by a new one that nobody but this browser
    /// gets, so that the registry itself refuses the link from now on, whichever copy of the console is asked.
    private func follow(_ visit: Visit) async throws -> Response {
        guard let token = visit.context.parameters.get("token"),
            let link = SignInLink(token, openedBy: desk.settings.sealing)
        else { return try show(visit, refused: "signIn.linkOver") }
        do {
            let registry = desk.registry(with: Secret(link.key))
            let path = "/api/v1/api-keys/\(link.keyID)"
            let seen = try await registry.getVersioned(path, as: APIKey.self)
            let made = try await registry.send(
                .POST,
                "\(path)/replace",
                .object(["overlapHours": .integer(0)]),
                terms: ServiceAPI.Terms(version: seen.entityTag),
                as: MadeAPIKey.self
            )
            let session = try await Self.session(with: Secret(made.key), desk, ownKeyID: made.id)
            return try enter(visit, session, nil)
        } catch let problem as APIProblem where [401, 404, 412].contains(problem.status) {
            return try show(visit, refused: "signIn.linkOver")
        }
    }

    private func enter(_ visit: Visit, _ session: Session, _ next: String?) throws -> Response {
        var response = visit.redirect(to: next ?? Self.home(of: session))
        response.setCookie(try desk.cookies.cookie(for: session))
        return response
    }

    /// A key that was made for this sign-in alone ends with it, and so does a session with the verifier.
    private func signOut(_ visit: Visit) async -> Response {
        if let token = visit.context.session?.renewal?.token {
            await desk.settings.signIn?.revoke(token, by: desk.http)
        }
        if let session = visit.context.session, let id = session.ownKeyID, let registry = try? visit.registry {
            let path = "/api/v1/api-keys/\(id)"
            let seen = try? await registry.getVersioned(path, as: APIKey.self)
            _ = try? await registry.send(.DELETE, path, terms: ServiceAPI.Terms(version: seen?.entityTag))
        }
        var response = visit.redirect(to: "/sign-in", done: "signedOut")
        response.setCookie(desk.cookies.ended)
        return response
    }

    private func switchLanguage(_ visit: Visit) -> Response {
        let language = visit.form["language"].flatMap { Language(rawValue: $0) } ?? visit.language
        var response = visit.redirect(to: visit.form["here"].flatMap(Self.local) ?? "/")
        response.setCookie(
            Cookie(
                name: Language.cookie,
                value: language.rawValue,
                maxAge: 31_536_000,
                path: "/",
                secure: desk.settings.isSecure,
                httpOnly: true,
                sameSite: .lax
            )
        )
        return response
    }

    private static func session(with key: Secret, _ desk: Desk, ownKeyID: String? = nil) async throws -> Session {
        let current = try await desk.registry(with: key).get("/api/v1/api-keys/current", as: CurrentAPIKey.self)
        return Session(current, key: key, ownKeyID: ownKeyID, now: Int(Date().timeIntervalSince1970))
    }

    /// Where a sign-in leads that came for no page in particular.
    static func home(of session: Session) -> String {
        session.tenantID.map { "/tenants/\($0)" } ?? "/tenants"
    }

    /// A page of ours, and nothing that a browser takes for another site's address.
    static func local(_ path: String) -> String? {
        guard path.hasPrefix("/"), !path.hasPrefix("//"), path.utf8.count < 2_000,
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return path
    }
}
