import FoundationEssentials
import Hummingbird
import Runtime

/// Errors as SCIM has them (RFC 7644 §3.12): problems are thrown as elsewhere, and answered in SCIM's form.
enum SCIMProblem {
    static let mediaType = "application/scim+json"

    /// What is wrong with a request, in SCIM's own words.
    enum Kind: String {
        case invalidFilter, invalidValue, invalidSyntax, invalidCursor, invalidCount, tooMany
    }

    static func refused(_ kind: Kind, _ detail: String) -> Problem {
        Problem(.badRequest, kind.rawValue, detail: detail)
    }

    static func noResource(_ id: String) -> Problem {
        Problem.notFound("There is no resource \(id.shortened(to: 80)).")
    }

    /// The answer to a request for SCIM; nil for others, whose problems are answered as problem details.
    static func response(to problem: Problem, _ request: Request) -> Response? {
        guard request.uri.path == "/scim/v2" || request.uri.path.hasPrefix("/scim/v2/") else { return nil }
        var headers = problem.headers
        headers[.contentType] = mediaType
        headers[.cacheControl] = "no-store"
        if problem.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        var members: [String: JSON] = [
            "schemas": .array([.string(SCIMSchema.error)]), "status": .string("\(problem.status.code)"),
        ]
        members["scimType"] = Kind(rawValue: problem.slug).map { .string($0.rawValue) }
        let sentences = [problem.detail ?? problem.title, problem.fix].compactMap(\.self)
        members["detail"] = .string(sentences.joined(separator: " "))
        let text = (try? JSON.object(members).text) ?? "{}"
        return Response(
            status: problem.status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
