import FoundationEssentials
import Hummingbird
import Postgres
import Runtime

/// What a client asks a list for (RFC 7644 §3.4.2, RFC 9865), by a URL or by the body of `.search`.
struct SCIMQuery: Sendable {
    /// How pages follow each other.
    enum Page: Equatable, Sendable {
        /// From the so manieth on, beginning with 1.
        case index(Int)
        /// Behind the last one of the page before; nil for the first page.
        case cursor(SCIMCursor?)
    }

    static let defaultCount = 100
    static let mostCount = 1_000

    let condition: SQL?
    let projection: SCIMProjection
    let page: Page
    let count: Int
    /// What is asked for beside the page: what a cursor is good for.
    let subject: String

    /// - Throws: ``Problem`` 400 with SCIM's word for what is wrong, 501 for sorting.
    init(_ parameters: SCIMParameters, of kind: SCIMResourceKind) throws {
        guard parameters.sortBy == nil else {
            throw Problem(
                .notImplemented,
                "not-implemented",
                detail: "Lists come in the order of their ids, which runs do not change; leave sortBy out."
            )
        }
        let filter = parameters.filter ?? ""
        subject = "\(kind.name) \(filter)"
        condition = try Self.condition(filter, of: kind)
        projection = try SCIMProjection(
            parameters.attributes,
            without: parameters.excludedAttributes,
            of: kind.schema
        )
        count = try Self.count(parameters)
        page = try Self.page(parameters, subject, of: kind)
    }

    private static func condition(_ filter: String, of kind: SCIMResourceKind) throws -> SQL? {
        guard !filter.isEmpty else { return nil }
        do throws(FilterError) {
            return try kind.filterModel.condition(try FilterParser.parse(filter))
        } catch {
            throw SCIMProblem.refused(.invalidFilter, error.reason)
        }
    }

    private static func count(_ parameters: SCIMParameters) throws -> Int {
        switch parameters.count {
        case .absent: return defaultCount
        case .number(let count): return min(max(count, 0), mostCount)
        case .other: throw SCIMProblem.refused(.invalidCount, "count is a whole number.")
        }
    }

    private static func page(
        _ parameters: SCIMParameters,
        _ subject: String,
        of kind: SCIMResourceKind
    ) throws -> Page {
        if let text = parameters.cursor {
            guard parameters.startIndex == .absent else {
                throw SCIMProblem.refused(.invalidValue, "Give cursor or startIndex, not both.")
            }
            guard !text.isEmpty else { return .cursor(nil) }
            guard let cursor = SCIMCursor(text, of: subject), kind.holds(cursor) else {
                throw SCIMProblem.refused(
                    .invalidCursor,
                    "The cursor is none, or is of another query: begin anew with an empty one."
                )
            }
            return .cursor(cursor)
        }
        switch parameters.startIndex {
        case .absent: return .index(1)
        case .number(let index): return .index(max(index, 1))
        case .other: throw SCIMProblem.refused(.invalidValue, "startIndex is a whole number.")
        }
    }
}
