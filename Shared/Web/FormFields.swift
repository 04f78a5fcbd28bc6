public import Hummingbird
import NIOCore
import Runtime

/// The fields of a query or of an `application/x-www-form-urlencoded` body.
public struct FormFields: Equatable, Sendable {
    private var fields: [String: [String]]

    /// - Parameter text: `name=value&…`; a field whose escapes are broken is kept as it stands.
    public init(_ text: String) {
        var fields: [String: [String]] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? PercentEncoding.decodeForm(parts[1]) : ""
            fields[PercentEncoding.decodeForm(parts[0]), default: []].append(value)
        }
        self.fields = fields
    }

    /// The field's value; `nil` when it is missing or empty, or was given more than once.
    public subscript(name: String) -> String? {
        guard let values = fields[name], values.count == 1, let value = values.first, !value.isEmpty else { return nil }
        return value
    }

    /// The same without some fields.
    public func removing(_ names: Set<String>) -> FormFields {
        var form = self
        for name in names { form.fields[name] = nil }
        return form
    }

    /// The same with a field set to one value.
    public func setting(_ name: String, _ value: String) -> FormFields {
        var form = self
        form.fields[name] = [value]
        return form
    }

    /// The fields as a query or body has them, by name.
    public var text: String {
        fields.sorted { $0.key < $1.key }
            .flatMap { name, values in
                values.map { "\(PercentEncoding.encode(name))=\(PercentEncoding.encode($0))" }
            }
            .joined(separator: "&")
    }

    /// All that was given under a name, in its order: what was ticked in a list.
    public func all(_ name: String) -> [String] { fields[name] ?? [] }
}

extension Request {
    /// The query's fields.
    public var queryForm: FormFields { FormFields(uri.query ?? "") }

    /// The body's fields.
    ///
    /// - Parameter limit: How many bytes it may have.
    /// - Throws: `NIOTooManyBytesError` beyond.
    public func bodyForm(upTo limit: Int = 64 << 10) async throws -> FormFields {
        let body = try await body.collect(upTo: limit)
        return FormFields(String(buffer: body))
    }

    /// Whether the body is said to be a form, whatever its type says besides, such as a character set.
    public var isForm: Bool {
        let type = (headers[.contentType] ?? "").prefix { $0 != ";" }.filter { !$0.isWhitespace }
        return type.lowercased() == "application/x-www-form-urlencoded"
    }
}
