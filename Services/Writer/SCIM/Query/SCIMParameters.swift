import FoundationEssentials
import Hummingbird
import NIOCore
import Runtime

/// What a request says about the answer, not yet judged.
struct SCIMParameters: Sendable {
    enum Number: Equatable, Sendable {
        case absent
        case number(Int)
        case other
    }

    var filter: String?
    var attributes: [String]?
    var excludedAttributes: [String]?
    var startIndex = Number.absent
    var count = Number.absent
    var cursor: String?
    var sortBy: String?

    /// The parameters of the URL; others than SCIM's are passed over.
    ///
    /// - Throws: ``Problem`` 400 where one is given twice.
    init(query: String) throws {
        var seen: Set<String> = []
        for (name, value) in PercentEncoding.decodeFields(query) {
            guard seen.insert(name).inserted else {
                throw SCIMProblem.refused(.invalidValue, "A parameter is given twice.")
            }
            switch name {
            case "filter": filter = value
            case "attributes": attributes = Self.list(value)
            case "excludedAttributes": excludedAttributes = Self.list(value)
            case "startIndex": startIndex = Self.number(value)
            case "count": count = Self.number(value)
            case "cursor": cursor = value
            case "sortBy": sortBy = value
            default: break
            }
        }
    }

    /// The body of `.search`.
    ///
    /// - Throws: ``Problem`` 400, 413.
    init(_ request: Request, _ context: some RequestContext) async throws {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        guard let json = try? JSON(parsing: Data(body.readableBytesView)), case .object(let members) = json else {
            throw SCIMProblem.refused(.invalidSyntax, "The body is a JSON object.")
        }
        guard members["schemas"] == .array([.string(SCIMSchema.searchRequest)]) else {
            throw SCIMProblem.refused(.invalidValue, "The schemas of a search are [\"\(SCIMSchema.searchRequest)\"].")
        }
        filter = try Self.text("filter", members)
        attributes = try Self.texts("attributes", members)
        excludedAttributes = try Self.texts("excludedAttributes", members)
        startIndex = Self.number(members["startIndex"])
        count = Self.number(members["count"])
        cursor = try Self.text("cursor", members)
        sortBy = try Self.text("sortBy", members)
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.filter { $0 != " " } }
    }

    private static func number(_ text: String) -> Number { Int(text).map(Number.number) ?? .other }

    private static func number(_ json: JSON?) -> Number {
        switch json {
        case nil, .null: .absent
        case .integer(let number): Int(exactly: number).map(Number.number) ?? .other
        default: .other
        }
    }

    private static func text(_ name: String, _ members: [String: JSON]) throws -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw SCIMProblem.refused(.invalidValue, "\(name) is a text.")
        }
    }

    private static func texts(_ name: String, _ members: [String: JSON]) throws -> [String]? {
        switch members[name] {
        case nil, .null: return nil
        case .array(let elements):
            return try elements.map { element in
                guard case .string(let text) = element else {
                    throw SCIMProblem.refused(.invalidValue, "\(name) is a list of texts.")
                }
                return text
            }
        default: throw SCIMProblem.refused(.invalidValue, "\(name) is a list of texts.")
        }
    }
}
