import Foundation
import Traces

/// Spans as a collector takes them: `ExportTraceServiceRequest` of OTLP 1, in its JSON encoding.
struct OTLPRequest {
    /// Which program the spans are of.
    struct Resource {
        let service: String
        let instance: String
    }

    private let message: Message

    init(_ spans: [EndedSpan], of resource: Resource) {
        let attributes = [
            Attribute("service.name", .text(resource.service)),
            Attribute("service.instance.id", .text(resource.instance)),
            Attribute("service.namespace", .text("wecom-bridge")),
        ]
        let scope = ScopeSpans(scope: Scope(name: "wecom-bridge"), spans: spans.map(SpanMessage.init))
        message = Message(
            resourceSpans: [ResourceSpans(resource: ResourceMessage(attributes: attributes), scopeSpans: [scope])]
        )
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Array(try encoder.encode(message))
    }

    private struct Message: Encodable {
        let resourceSpans: [ResourceSpans]
    }

    private struct ResourceSpans: Encodable {
        let resource: ResourceMessage
        let scopeSpans: [ScopeSpans]
    }

    private struct ResourceMessage: Encodable {
        let attributes: [Attribute]
    }

    private struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [SpanMessage]
    }

    private struct Scope: Encodable {
        let name: String
    }

    private struct SpanMessage: Encodable {
        let traceId: String
        let spanId: String
        let parentSpanId: String?
        let name: String
        let kind: Int
        // Numbers of 64 bits are texts in JSON.
        let startTimeUnixNano: String
        let endTimeUnixNano: String
        let attributes: [Attribute]
        let links: [Link]
        let status: Status?

        init(_ span: EndedSpan) {
            traceId = span.context.traceID
            spanId = span.context.spanID
            parentSpanId = span.parent?.spanID
            name = span.name
            kind = span.kind.rawValue
            startTimeUnixNano = "\(span.began.value)"
            endTimeUnixNano = "\(max(span.began.value, span.ended.value))"
            attributes = span.attributes.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }
            links = span.links.map { Link(traceId: $0.traceID, spanId: $0.spanID) }
            status = span.error.map { Status(code: 2, message: $0) }
        }
    }

    private struct Link: Encodable {
        let traceId: String
        let spanId: String
    }

    private struct Status: Encodable {
        /// 2 is an error.
        let code: Int
        let message: String
    }

    private struct Attribute: Encodable {
        let key: String
        let value: Value

        init(_ key: String, _ value: SpanAttribute) {
            self.key = key
            switch value {
            case .text(let text): self.value = Value(stringValue: text)
            case .number(let number): self.value = Value(intValue: "\(number)")
            }
        }
    }

    private struct Value: Encodable {
        var stringValue: String?
        var intValue: String?
    }
}
