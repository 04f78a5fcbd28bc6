import Foundation
public import Kafka

/// Something that was said and has a contract, as the foreign reader takes it.
public struct Subject: Encodable, Hashable, Sendable {
    /// What is told of a breach, once for each way of it; the reader does not need it.
    public let name: String
    private let kind: String
    private var type: String?
    private var value: String?
    private var service: String?
    private var method: String?
    private var path: String?
    private var status: Int?
    private var contentType: String?
    private var body: String?

    /// A message on a topic; `nil` for a tombstone.
    public init?(_ record: Record) {
        guard let bytes = record.value else { return nil }
        kind = "message"
        let type = record.header("ce_type") ?? "nothing"
        name = "\(type) at \(record.position)"
        self.type = type
        value = Data(bytes).base64EncodedString()
    }

    /// What a service answered.
    ///
    /// - Parameter service: Whose address was asked.
    public init?(_ exchange: TestClient.Exchange, of service: Suite.Service) {
        guard let path = URLComponents(string: exchange.url)?.percentEncodedPath else { return nil }
        name = service.rawValue
        kind = "answer"
        self.service = service.rawValue
        method = exchange.method
        self.path = path
        status = exchange.answer.status
        contentType = exchange.answer.header("Content-Type")
        body = exchange.answer.body.base64EncodedString()
    }
}
