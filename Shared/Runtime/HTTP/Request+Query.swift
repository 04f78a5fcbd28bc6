public import Hummingbird

/// The fields of a URL's query.
public struct QueryFields: Sendable {
    /// All of them, in the order of the URL.
    public let all: [(name: String, value: String)]

    /// - Parameter query: What stands behind the `?`.
    public init(_ query: String) { all = PercentEncoding.decodeFields(query) }

    /// The first value of that name; `nil` where there is none.
    public subscript(name: String) -> String? { all.first(where: { $0.name == name })?.value }
}

extension Request {
    /// The query's fields, read as clients write them: as a form's, in which `+` is a space, which it is not to
    /// `uri.queryParameters`.
    public var query: QueryFields { QueryFields(uri.query ?? "") }
}
