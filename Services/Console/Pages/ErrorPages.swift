import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Answers every error with a page that says what to do.
struct ErrorPages: RouterMiddleware {
    let desk: Desk

    func handle(
        _ request: Request,
        context: ConsoleContext,
        next: @concurrent (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var known = context
            if known.session == nil {
                // What failed may have come before it was found out who asks.
                known.language = Language.chosen(by: request)
                known.session = desk.cookies.session(of: request, at: Int(Date().timeIntervalSince1970))
                known.formToken = known.session?.formToken ?? desk.cookies.visitor(of: request) ?? ""
            }
            return try page(for: error, Visit(desk, request, known))
        }
    }

    private struct Content: Sendable {
        let heading: String
        let explanation: String
        let detail: Sentence?
        let code: String?
    }

    private func page(for error: any Error, _ visit: Visit) throws -> Response {
        let texts = visit.texts
        switch error {
        case let problem as APIProblem:
            let view = ProblemView(problem, texts)
            return try show(visit, problem.status, view.text, view.detail ?? view.fields.first?.message)
        case PageError.foreignForm: return try show(visit, 403, texts["problem.foreign-form"], nil)
        case PageError.notFound: return try show(visit, 404, texts["problem.not-found"], nil)
        case PageError.roleTooLow: return try show(visit, 403, texts["problem.role-too-low"], nil)
        case let error as HTTPError where error.status.code < 500:
            let slug = error.status == .notFound ? "problem.not-found" : "problem.other"
            return try show(visit, error.status.code, texts[slug], nil)
        case is NIOTooManyBytesError: return try show(visit, 413, texts["problem.too-large"], nil)
        default:
            desk.logger.error(
                "a page failed",
                metadata: ["path": "\(visit.request.uri.path)", "error": "\(error)"]
            )
            return try show(visit, 500, texts["problem.internal-error"], nil)
        }
    }

    private func show(_ visit: Visit, _ status: Int, _ text: String, _ detail: Sentence?) throws -> Response {
        let heading = visit.texts.find("problem.heading\(status)") ?? visit.texts["problem.heading"]
        return try visit.page(
            "error",
            title: heading,
            status: HTTPResponse.Status(code: status),
            Content(heading: heading, explanation: text, detail: detail, code: "\(status)")
        )
    }
}
