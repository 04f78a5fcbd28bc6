import FoundationEssentials
public import Hummingbird
import NIOCore

extension Problem: HTTPResponseError {
    /// The problem as `application/problem+json`.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: try json())))
    }

    private func json() throws -> [UInt8] {
        var members: [String: AnyValue] = extensions.mapValues(AnyValue.init)
        members["type"] = AnyValue(type)
        members["title"] = AnyValue(title)
        members["status"] = AnyValue(status.code)
        members["detail"] = detail.map(AnyValue.init)
        members["fix"] = fix.map(AnyValue.init)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return [UInt8](try encoder.encode(members))
    }

    private struct AnyValue: Encodable {
        let value: any Encodable

        init(_ value: any Encodable) { self.value = value }

        func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
    }
}
