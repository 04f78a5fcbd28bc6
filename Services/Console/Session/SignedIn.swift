import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runtime
import Sealing
import Web

/// Finds out who sends a request, in which language, and that its form comes from a page of ours.
struct Recognition: RouterMiddleware {
    let cookies: SessionCookies
    let renewing: SessionRenewal?

    func handle(
        _ request: Request,
        context: ConsoleContext,
        next: @concurrent (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        let now = Int(Date().timeIntervalSince1970)
        var context = context
        context.language = Language.chosen(by: request)
        let session = cookies.session(of: request, at: now)
        context.session = await renewing?.renewed(session, at: now) ?? session
        let isRenewed = context.session != session
        let known = cookies.visitor(of: request)
        let visitor = known ?? RandomText.make(43)
        context.formToken = context.session?.formToken ?? visitor
        if request.method == .post, request.isForm {
            context.form = try await request.bodyForm(upTo: context.maxUploadSize)
            guard isOurs(request, context, hasVisitor: known != nil) else { throw PageError.foreignForm }
        }
        var response = try await next(request, context)
        if context.session == nil, known == nil { response.setCookie(cookies.cookie(forVisitor: visitor)) }
        // What a page's script asks for by itself is no sign that somebody is there.
        let destination = HTTPField.Name("Sec-Fetch-Dest").flatMap { request.headers[$0] }
        try refresh(context.session, now, isScripted: destination == "empty", isRenewed: isRenewed, &response)
        return response
    }

    /// A form needs the token of the page it is on, and must not be sent by a page of another site.
    private func isOurs(_ request: Request, _ context: ConsoleContext, hasVisitor: Bool) -> Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
            guard site == "same-origin" || site == "none" else { return false }
        }
        guard context.session != nil || hasVisitor, let given = context.form["token"] else { return false }
        return ConstantTime.areEqual(given, context.formToken)
    }

    /// Notes that the sign-in was used; once a minute is enough. What the page itself says of the sign-in stands, and of a
    /// page that took long, during which another request may have got the next tokens, nothing is written.
    private func refresh(
        _ session: Session?,
        _ now: Int,
        isScripted: Bool,
        isRenewed: Bool,
        _ response: inout Response
    ) throws {
        guard var session, !cookies.isSessionSet(by: response) else { return }
        let isDue = session.isDueForRenewal(at: Int(Date().timeIntervalSince1970))
        let isUsed = !isScripted && now - session.seen >= 60 && !isDue
        guard isUsed || isRenewed else { return }
        if isUsed { session.seen = now }
        response.setCookie(try cookies.cookie(for: session))
    }
}

/// Sends whoever is not signed in to do so, and back afterwards.
struct SignedInOnly: RouterMiddleware {
    let cookies: SessionCookies

    func handle(
        _ request: Request,
        context: ConsoleContext,
        next: @concurrent (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        guard context.session != nil else { return Self.toSignIn(request) }
        do {
            return try await next(request, context)
        } catch let problem as APIProblem where problem.service == .registry && problem.status == 401 {
            // The key was revoked, or has come to its end.
            var response = Self.toSignIn(request)
            response.setCookie(cookies.ended)
            return response
        }
    }

    private static func toSignIn(_ request: Request) -> Response {
        let page = request.method == .get ? request.uri.description : nil
        return .redirect(to: PercentEncoding.url("/sign-in", [("next", page)]), type: .normal)
    }
}

/// Why a page is not shown, besides what services say.
enum PageError: Error {
    /// A form that does not come from a page of ours, or from one of a sign-in that is over.
    case foreignForm
    /// There is no such page.
    case notFound
    /// The role of whoever is signed in does not reach so far.
    case roleTooLow
}
