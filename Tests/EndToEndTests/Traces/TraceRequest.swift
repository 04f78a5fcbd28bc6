/// `ExportTraceServiceRequest` of OTLP 1 in its JSON encoding, as its specification has a collector read it: what is not
/// there has its default, ids are hexadecimal, and whole numbers of 64 bits may be texts.
struct TraceRequest: Decodable {
    struct ResourceSpans: Decodable {
        let resource: Resource?
        let scopeSpans: [ScopeSpans]?
    }

    struct Resource: Decodable {
        let attributes: [Attribute]?
    }

    struct ScopeSpans: Decodable {
        let spans: [Span]?
    }

    struct Span: Decodable {
        let traceId: HexadecimalID
        let spanId: HexadecimalID
        let parentSpanId: String?
        let name: String
        let startTimeUnixNano: WholeNumber
        let endTimeUnixNano: WholeNumber
        let attributes: [Attribute]?
        let links: [Link]?
        let status: Status?
    }

    struct Link: Decodable {
        let traceId: HexadecimalID
        let spanId: HexadecimalID
    }

    struct Status: Decodable {
        let code: Int?
    }

    struct Attribute: Decodable {
        let key: String
        let value: Value?
    }

    struct Value: Decodable {
        let stringValue: String?
        let intValue: WholeNumber?

        var text: String { stringValue ?? intValue.map { "\($0.value)" } ?? "" }
    }

    /// 16 bytes of a trace, or 8 of a span.
    struct HexadecimalID: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = try container.decode(String.self)
            guard [16, 32].contains(text.utf8.count), text.allSatisfy(\.isHexDigit), text.contains(where: { $0 != "0" })
            else { throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no id") }
        }
    }

    /// A whole number, as such or as a text.
    struct WholeNumber: Decodable {
        let value: Int64

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                value = number
                return
            }
            let text = try container.decode(String.self)
            guard let number = Int64(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no number")
            }
            value = number
        }
    }

    let resourceSpans: [ResourceSpans]?
}
