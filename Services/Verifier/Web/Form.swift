import Hummingbird
import NIOCore
import Runtime

/// The fields of a query or of an `application/x-www-form-urlencoded` body.
struct Form: Equatable, Sendable {
    private let fields: [String: [String]]

    /// - Parameter text: `name=value&…`; a field whose escapes are broken is kept as it stands.
    init(_ text: String) {
        var fields: [String: [String]] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? PercentEncoding.decodeForm(parts[1]) : ""
            fields[PercentEncoding.decodeForm(parts[0]), default: []].append(value)
        }
        self.fields = fields
    }

    /// The field's value; `nil` when it is missing or empty, or was given more than once.
    subscript(name: String) -> String? {
        guard let values = fields[name], values.count == 1, let value = values.first, !value.isEmpty else { return nil }
        return value
    }

    /// A field that was given more than once, which OAuth forbids (RFC 6749 §3.1).
    var repeated: String? { fields.filter { $0.value.count > 1 }.keys.min() }
}

extension Request {
    /// The query's fields.
    var queryForm: Form { Form(uri.query ?? "") }

    /// The body's fields.
    ///
    /// - Throws: `NIOTooManyBytesError` beyond 64 KiB.
    func bodyForm() async throws -> Form {
        let body = try await body.collect(upTo: 64 << 10)
        return Form(String(buffer: body))
    }

    /// Whether the body is said to be a form.
    var isForm: Bool {
        (headers[.contentType] ?? "").lowercased().hasPrefix("application/x-www-form-urlencoded")
    }
}
