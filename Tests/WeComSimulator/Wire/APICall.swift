import FoundationEssentials
import HTTPTypes
import NIOCore

/// One call of the API under `/cgi-bin/`, read and not yet judged.
struct APICall: Sendable {
    /// What follows `/cgi-bin/`, such as `user/list`.
    let path: String
    let method: HTTPRequest.Method
    let query: [String: String]
    let body: ByteBuffer
    let remoteAddress: String
    /// Host and port by which the caller reached the simulator.
    let authority: String

    /// The parameter of the query, nil where it is missing or empty.
    func parameter(_ name: String) -> String? {
        guard let value = query[name], !value.isEmpty else { return nil }
        return value
    }

    /// The parameter as a number; `refusal` where it is none.
    func integer(_ name: String, else refusal: Refusal = .invalidParameter) throws(Refusal) -> Int? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int(text) else { throw refusal }
        return number
    }

    /// The JSON object of the body; 47001 where it is none.
    func fields() throws(Refusal) -> JSON {
        guard body.readableBytes > 0 else { return .object([]) }
        guard let json = try? JSONDecoder().decode(JSON.self, from: Data(body.readableBytesView)), case .object = json
        else { throw .invalidJSON }
        return json
    }

    /// The text of a field of the body; `missing` where it is absent or empty.
    func text(_ name: String, else missing: Refusal) throws(Refusal) -> String {
        guard let text = try fields()[name]?.text, !text.isEmpty else { throw missing }
        return text
    }
}
