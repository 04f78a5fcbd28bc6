import FoundationEssentials
import NIOCore
import Runtime

/// Why a service did not do what it was asked for: its problem details (RFC 9457), or that it gave none.
struct APIProblem: Error, Sendable {
    /// Who says so.
    let service: ServiceAPI.Name
    let status: Int
    /// The stable name of the kind.
    let slug: String
    /// What happened this time: an English sentence.
    let detail: String?
    /// What to do about it: an English sentence.
    let fix: String?
    /// What is wrong with which field.
    let errors: [FieldError]
    /// What is wrong with expressions, each at its place.
    let expressions: [ExpressionMistake]
    /// What somebody else changed meanwhile, by field.
    let changes: [String: Change]
    /// What closing or deleting would do, where that is why it was not done.
    let impact: ClosingImpact?

    /// A field that somebody else changed: what the request would have it be, if it says so, and what it is.
    struct Change: Decodable, Sendable {
        let yours: JSON?
        let current: JSON?
    }

    /// A mistake in an expression.
    struct ExpressionMistake: Decodable, Sendable {
        /// The rule's place in the mapping; nil for the filter.
        let rule: Int?
        /// Characters of the expression before the mistake.
        let position: Int
    }

    /// Whether the same would work with other entries, or after something else was done: not a mistake of the caller's
    /// rights or of ours.
    var canBeMended: Bool { [400, 409, 412, 413, 415, 422, 428, 429, 502, 503].contains(status) }

    /// A service that does not answer.
    init(silenceOf service: ServiceAPI.Name) {
        self.init(service, 503, "no-answer")
    }

    /// A service whose answer is not what its description says.
    init(unreadableAnswerOf service: ServiceAPI.Name) {
        self.init(service, 502, "unreadable-answer")
    }

    /// There is nothing there, or nothing that whoever asks may see.
    static func notFound(_ service: ServiceAPI.Name = .registry) -> APIProblem { APIProblem(service, 404, "not-found") }

    /// Something that the console itself refuses.
    static func refused(_ slug: String, _ errors: [FieldError] = []) -> APIProblem {
        APIProblem(.registry, 400, slug, errors: errors)
    }

    /// A refusal with its body.
    init(from service: ServiceAPI.Name, status: Int, body: ByteBuffer?) {
        let bytes = body.map { Data($0.readableBytesView) } ?? Data()
        guard let details = try? JSONDecoder().decode(Details.self, from: bytes) else {
            self.init(service, status, "status-\(status)")
            return
        }
        self.init(
            service,
            status,
            String(details.type.split(separator: "/").last ?? "unknown"),
            detail: details.detail,
            fix: details.fix,
            errors: details.errors ?? [],
            expressions: details.expressions ?? [],
            changes: details.changes ?? [:],
            impact: details.impact
        )
    }

    private init(
        _ service: ServiceAPI.Name,
        _ status: Int,
        _ slug: String,
        detail: String? = nil,
        fix: String? = nil,
        errors: [FieldError] = [],
        expressions: [ExpressionMistake] = [],
        changes: [String: Change] = [:],
        impact: ClosingImpact? = nil
    ) {
        self.service = service
        self.status = status
        self.slug = slug
        self.detail = detail
        self.fix = fix
        self.errors = errors
        self.expressions = expressions
        self.changes = changes
        self.impact = impact
    }

    private struct Details: Decodable {
        let type: String
        let detail: String?
        let fix: String?
        let errors: [FieldError]?
        let expressions: [ExpressionMistake]?
        let changes: [String: Change]?
        let impact: ClosingImpact?
    }
}
