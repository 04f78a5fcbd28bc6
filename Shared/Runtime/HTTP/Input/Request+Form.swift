import FoundationEssentials
public import Hummingbird
import NIOCore

extension Request {
    /// Reads the body's fields.
    ///
    /// Throws a ``Problem`` that lists every mistake: 400 `unknown-field`, `invalid-request` or `bad-json`, 413, 415.
    public func form<Value>(_ rule: Rule<Value>, context: some RequestContext) async throws -> Value {
        try read(try await json(context), by: rule)
    }

    /// Reads the body's fields; an absent body is an empty object.
    public func optionalForm<Value>(_ rule: Rule<Value>, context: some RequestContext) async throws -> Value {
        try read(try await json(context, absent: .object([:])), by: rule)
    }

    private func read<Value>(_ json: JSON, by rule: Rule<Value>) throws -> Value {
        do throws(Mistakes) {
            return try rule.read(json)
        } catch {
            throw Problem.invalid(
                error.all.map { $0.field.isEmpty ? FieldError("body", $0.message) : $0 },
                slug: Form.unknownFields(in: error).isEmpty ? "invalid-request" : "unknown-field"
            )
        }
    }

    /// The body as JSON.
    private func json(_ context: some RequestContext, absent: JSON? = nil) async throws -> JSON {
        let body = try await body.collect(upTo: context.maxUploadSize)
        if body.readableBytes == 0, let absent { return absent }
        if let type = headers[.contentType], !type.lowercased().contains("json") {
            throw Problem(
                .unsupportedMediaType,
                "not-json",
                detail: "The body is \(type.prefix(60)).",
                fix: "Send it as application/json."
            )
        }
        do {
            return try JSON(parsing: Data(body.readableBytesView))
        } catch {
            throw Problem(
                .badRequest,
                "bad-json",
                title: "Not JSON",
                detail: "The body is not valid JSON.",
                fix: "Send one JSON object, its texts in double quotes."
            )
        }
    }
}
