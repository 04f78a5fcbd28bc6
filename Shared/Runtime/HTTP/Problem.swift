public import Hummingbird

/// An error that a caller can act on: RFC 9457 problem details.
public struct Problem: Error, Sendable {
    /// What the types of our problems begin with.
    public static let typePrefix = "https://wecombridge.dev/problems/"

    /// The stable name of the kind, such as `unknown-field`.
    public var slug: String
    /// The kind in a few words, always the same for a slug.
    public var title: String
    /// The status code.
    public var status: HTTPResponse.Status
    /// What happened this time, as a plain sentence. Never holds a secret.
    public var detail: String?
    /// What to do about it, where something can be done.
    public var fix: String?
    /// Further members, such as `errors`.
    public var extensions: [String: any Encodable & Sendable]
    /// Further headers, such as `Retry-After`.
    public var headers: HTTPFields

    /// - Parameters:
    ///   - slug: The stable name of the kind.
    ///   - title: The kind in a few words; by default the status's phrase.
    ///   - detail: What happened this time.
    ///   - fix: What to do about it.
    ///   - extensions: Further members.
    ///   - headers: Further headers.
    public init(
        _ status: HTTPResponse.Status,
        _ slug: String,
        title: String? = nil,
        detail: String? = nil,
        fix: String? = nil,
        extensions: [String: any Encodable & Sendable] = [:],
        headers: HTTPFields = [:]
    ) {
        self.slug = slug
        self.title = title ?? status.reasonPhrase
        self.status = status
        self.detail = detail
        self.fix = fix
        self.extensions = extensions
        self.headers = headers
    }

    /// The whole of `type`.
    public var type: String { Self.typePrefix + slug }
}

/// What is wrong with one field of a request.
public struct FieldError: Codable, Equatable, Sendable {
    /// The field's path, such as `scope.departments[2]`.
    public let field: String
    /// A sentence about it.
    public let message: String

    /// - Parameters:
    ///   - field: The field's path.
    ///   - message: A sentence about it.
    public init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }
}

extension Problem {
    /// 400: the request's fields are not what they should be; lists every mistake.
    public static func invalid(_ errors: [FieldError], slug: String = "invalid-request") -> Problem {
        Problem(
            .badRequest,
            slug,
            title: "The request is not valid",
            detail: errors.map { "\($0.field): \($0.message)" }.joined(separator: " "),
            extensions: ["errors": errors]
        )
    }

    /// 404: there is nothing, or nothing that the caller may see.
    public static func notFound(_ detail: String) -> Problem {
        Problem(.notFound, "not-found", title: "Not found", detail: detail)
    }

    /// 409: the request does not fit the present state.
    public static func conflict(_ slug: String, _ detail: String, fix: String? = nil) -> Problem {
        Problem(.conflict, slug, title: "Not possible now", detail: detail, fix: fix)
    }

    /// 503: something that is needed does not answer at present.
    public static func unavailable(_ detail: String) -> Problem {
        Problem(
            .serviceUnavailable,
            "unavailable",
            title: "Not available at present",
            detail: detail,
            fix: "Try again in a moment.",
            headers: [.retryAfter: "5"]
        )
    }

    /// 500: a mistake of ours; the log has the rest under the same id.
    public static func unexpected(requestID: String) -> Problem {
        Problem(
            .internalServerError,
            "internal-error",
            title: "Something went wrong on our side",
            detail: "The request could not be answered. The log has more under the request's id.",
            extensions: ["requestID": requestID]
        )
    }
}
