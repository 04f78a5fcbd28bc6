import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Postgres

/// An error as OAuth clients expect it: RFC 6749 §5.2, and RFC 6750 §3 where a bearer token is asked for.
struct OAuthError: Error, Equatable {
    /// The names that the specifications give.
    enum Code: String, Encodable, Sendable {
        case accessDenied = "access_denied"
        case authorizationPending = "authorization_pending"
        case expiredToken = "expired_token"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case invalidRequest = "invalid_request"
        case invalidScope = "invalid_scope"
        case invalidToken = "invalid_token"
        case invalidRequestURI = "invalid_request_uri"
        case loginRequired = "login_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case serverError = "server_error"
        case slowDown = "slow_down"
        case temporarilyUnavailable = "temporarily_unavailable"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
    }

    /// The name.
    let code: Code
    /// A sentence for developers.
    let description: String
    /// What `WWW-Authenticate` asks for, where it asks.
    var challenge: Challenge?
    /// Seconds after which it may be tried again, where too much was tried (RFC 9126 §2.3).
    private(set) var retryAfter: Int64?

    /// 429: too much was tried.
    static func tooMany(_ description: String, retryAfter: Int64) -> OAuthError {
        var error = OAuthError(.temporarilyUnavailable, description)
        error.retryAfter = retryAfter
        return error
    }

    /// A way to authenticate.
    enum Challenge: Sendable {
        /// RFC 7617.
        case basic
        /// RFC 6750, for who showed a token, and is told what is wrong.
        case bearer
        /// The same for who showed none, of which nothing is wrong (RFC 6750 §3.1).
        case bearerOfNone
    }

    init(_ code: Code, _ description: String, challenge: Challenge? = nil) {
        self.code = code
        self.description = description
        self.challenge = challenge
    }
}

extension OAuthError: HTTPResponseError {
    var status: HTTPResponse.Status {
        switch code {
        case .invalidClient, .invalidToken: .unauthorized
        case .serverError: .internalServerError
        case .temporarilyUnavailable: retryAfter == nil ? .serviceUnavailable : .tooManyRequests
        default: .badRequest
        }
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try JSONAnswer.make(
            ["error": code.rawValue, "error_description": description],
            status: status
        )
        if code == .temporarilyUnavailable { response.headers[.retryAfter] = "\(retryAfter ?? 5)" }
        if let challenge { response.headers[.wwwAuthenticate] = header(challenge) }
        return response
    }

    private func header(_ challenge: Challenge) -> String {
        let realm = "realm=\"WeCom Bridge\""
        switch challenge {
        case .basic: return "Basic \(realm)"
        case .bearer: return "Bearer \(realm), error=\"\(code.rawValue)\""
        case .bearerOfNone: return "Bearer \(realm)"
        }
    }
}

extension OAuthError {
    /// What any error means to a client; one that nobody foresaw is logged. `nil` for what HTTP has a word for.
    init?(of error: any Error, _ logger: Logger) {
        switch error {
        case let error as OAuthError: self = error
        case is NIOTooManyBytesError: self.init(.invalidRequest, "The request is too large.")
        case let error as PostgresError where error.isAway:
            logger.warning("a client's request failed, as the database is away", metadata: ["error": "\(error)"])
            self.init(.temporarilyUnavailable, "The database does not answer, or is busy. Try again later.")
        case is CancellationError: self.init(.temporarilyUnavailable, "The service is stopping. Try again.")
        case is any HTTPResponseError: return nil
        default:
            logger.error("a client's request failed", metadata: ["error": "\(error)"])
            self.init(.serverError, "The request failed; the service's log says why.")
        }
    }
}

/// Answers what an endpoint of `/oauth2` throws as OAuth clients expect it.
struct OAuthErrorMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as OAuthError {
            return try error.response(from: request, context: context)
        } catch  where request.uri.path.hasPrefix("/oauth2/") {
            guard let answer = OAuthError(of: error, context.logger) else { throw error }
            return try answer.response(from: request, context: context)
        }
    }
}

/// JSON that no cache may keep.
enum JSONAnswer {
    static func make(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = ByteBuffer(bytes: try encoder.encode(value))
        let headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
