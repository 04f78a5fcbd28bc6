public import Hummingbird
import Logging
import NIOCore

/// Answers every error that a route throws with problem details.
///
/// Put it outside of everything whose errors it shall answer. Errors that nobody foresaw are
/// logged, and told to the caller as 500 without more than the request's id.
public struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    private let translate: @Sendable (any Error) -> Problem?
    private let answer: @Sendable (Problem, Request) -> Response?

    /// - Parameters:
    ///   - translate: What the service's own errors mean to a caller; `nil` where it does not know either.
    ///   - answer: The answer where another form than problem details is asked for; `nil` elsewhere.
    public init(
        _ translate: @escaping @Sendable (any Error) -> Problem? = { _ in nil },
        answer: @escaping @Sendable (Problem, Request) -> Response? = { _, _ in nil }
    ) {
        self.translate = translate
        self.answer = answer
    }

    /// Answers the request, and its error where there is one.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch is CancellationError {
            return try response(to: .unavailable("The service is stopping."), request, context)
        } catch {
            return try response(to: problem(error, request, context), request, context)
        }
    }

    private func response(to problem: Problem, _ request: Request, _ context: Context) throws -> Response {
        try answer(problem, request) ?? problem.response(from: request, context: context)
    }

    private func problem(_ error: any Error, _ request: Request, _ context: Context) -> Problem {
        if let problem = error as? Problem { return problem }
        if let problem = translate(error) { return problem }
        switch error {
        case let error as DecodingError: return Problem(error)
        case let error as HTTPError: return Problem(error)
        case is NIOTooManyBytesError: return .tooLarge(limit: context.maxUploadSize)
        case let error as any HTTPResponseError where error.status.code < 500: return Problem(foreign: error)
        default:
            context.logger.error(
                "a request failed",
                metadata: [
                    "method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(error)",
                ]
            )
            // `context.id` traps with a logger that keeps no metadata.
            let id = context.logger[metadataKey: "hb.request.id"]
            return .unexpected(requestID: id.map { "\($0)" } ?? "unknown")
        }
    }
}

extension Problem {
    /// 413: the body is too large.
    static func tooLarge(limit: Int) -> Problem {
        Problem(
            .contentTooLarge,
            "too-large",
            title: "The request is too large",
            detail: "A request may have \(limit) bytes at most."
        )
    }

    /// An error of Hummingbird's.
    init(_ error: HTTPError) {
        let slug =
            switch error.status {
            case .notFound: "not-found"
            case .methodNotAllowed: "method-not-allowed"
            case .unauthorized: "unauthorized"
            case .forbidden: "forbidden"
            default: error.status.code < 500 ? "bad-request" : "internal-error"
            }
        self.init(error.status, slug, detail: error.body, headers: error.headers)
        if error.status == .notFound, error.body == nil { detail = "There is nothing at this path." }
    }

    /// Another library's answer: only its status is known.
    fileprivate init(foreign error: any HTTPResponseError) {
        self.init(error.status, error.status == .notFound ? "not-found" : "bad-request")
    }

    /// 400: the JSON is not what was expected; names the field.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self = .invalid([FieldError((context.codingPath + [key]).fieldPath, "The field is missing.")])
        case .valueNotFound(_, let context):
            self = .invalid([FieldError(context.codingPath.fieldPath, "The field must not be null.")])
        case .typeMismatch(_, let context) where context.codingPath.isEmpty:
            self = Problem(.badRequest, "bad-json", title: "Not as expected", detail: "The body must be a JSON object.")
        case .typeMismatch(let type, let context):
            self = .invalid([FieldError(context.codingPath.fieldPath, "The field must be \(name(of: type)).")])
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            self = Problem(.badRequest, "bad-json", title: "Not JSON", detail: "The body is not valid JSON.")
        case .dataCorrupted(let context):
            let reason = context.debugDescription
            self = .invalid([FieldError(context.codingPath.fieldPath, "The value is not allowed: \(reason)")])
        @unknown default:
            self = Problem(.badRequest, "bad-json", detail: "The body is not what was expected.")
        }
    }
}

extension [any CodingKey] {
    /// `scope.departments[2]`.
    var fieldPath: String {
        reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}

/// What JSON calls a Swift type.
private func name(of type: Any.Type) -> String {
    switch type {
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is any RandomAccessCollection.Type: "a list"
    default: "an object"
    }
}
