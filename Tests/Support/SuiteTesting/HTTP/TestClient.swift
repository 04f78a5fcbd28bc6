import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Synchronization

/// An HTTP client that follows no redirects, for tests and the demo.
public struct TestClient: Sendable {
    /// The largest answer that is read, in bytes: a directory of a million people.
    private static let largestAnswer = 2 << 30
    /// How long an answer is usually waited for.
    public static let usualPatience = Duration.seconds(120)

    /// Fails at once where no connection can be made: the library would pause before it connects to a service that is up
    /// again after it was away.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }()

    /// One request and its answer.
    public struct Exchange: Sendable {
        /// Such as `GET`.
        public let method: String
        /// The whole address.
        public let url: String
        /// What came back.
        public let answer: Answer

        /// Scheme, host and port of the address.
        public var origin: String? {
            guard let parts = URLComponents(string: url), let host = parts.host, let port = parts.port else {
                return nil
            }
            return "\(parts.scheme ?? "http")://\(host):\(port)"
        }
    }

    /// Somebody who sees every answer that any client gets, for as long as this is kept.
    public final class Observation: Sendable {
        private let id = UUID()

        fileprivate init(_ observer: @escaping @Sendable (Exchange) -> Void) {
            TestClient.observers.withLock { $0[id] = observer }
        }

        deinit { TestClient.observers.withLock { $0[id] = nil } }
    }

    private static let observers = Mutex<[UUID: @Sendable (Exchange) -> Void]>([:])

    /// Has somebody see every answer that any client gets from now on.
    public static func observe(_ observer: @escaping @Sendable (Exchange) -> Void) -> Observation {
        Observation(observer)
    }

    /// What the server answered.
    public struct Answer: Sendable {
        /// The status code.
        public let status: Int
        /// The value of a header.
        public let header: @Sendable (String) -> String?
        /// All values of `Set-Cookie`.
        public let cookies: [String]
        /// The body.
        public let body: Data

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }

        /// The body as JSON.
        public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: body)
        }
    }

    /// The server answered with a status that was not expected.
    public struct UnexpectedAnswer: Error, CustomStringConvertible {
        /// What was asked.
        public let request: String
        /// The status code.
        public let status: Int
        /// The body.
        public let body: String

        /// Request, status and body.
        public var description: String { "\(request) answered \(status): \(body.prefix(2_000))" }
    }

    /// No answer came.
    public struct Unanswered: Error, CustomStringConvertible {
        /// What was asked.
        public let request: String
        /// Why no answer came.
        public let cause: any Error

        /// Request and cause.
        public var description: String { "\(request) was not answered: \(cause)" }
    }

    /// Where the paths start, such as `http://127.0.0.1:8080`.
    public let base: String
    /// Sent with every request.
    public let bearer: String?

    /// How long an answer is waited for.
    public let patience: Duration

    /// - Parameters:
    ///   - base: Where the paths start.
    ///   - bearer: Sent with every request.
    ///   - patience: How long an answer is waited for.
    public init(_ base: String, bearer: String? = nil, patience: Duration = TestClient.usualPatience) {
        self.base = base
        self.bearer = bearer
        self.patience = patience
    }

    /// Sends a request, and returns whatever comes back.
    public func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: Data? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : base + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let bearer, !request.headers.contains(name: "Authorization") {
            request.headers.add(name: "Authorization", value: "Bearer \(bearer)")
        }
        if let body { request.body = .bytes(ByteBuffer(data: body)) }
        let answer: Answer
        do {
            answer = try await self.answer(to: request)
        } catch  where !Task.isCancelled {
            throw Unanswered(request: "\(method) \(request.url)", cause: error)
        }
        for observer in Self.observers.withLock({ Array($0.values) }) {
            observer(Exchange(method: method, url: request.url, answer: answer))
        }
        return answer
    }

    private func answer(to request: HTTPClientRequest) async throws -> Answer {
        let response = try await Self.client.execute(request, timeout: TimeAmount(patience))
        let bytes = try await response.body.collect(upTo: Self.largestAnswer)
        let received = response.headers
        return Answer(
            status: Int(response.status.code),
            header: { received.first(name: $0) },
            cookies: received["Set-Cookie"],
            body: Data(buffer: bytes)
        )
    }

    /// Sends JSON, and wants one of `statuses` back.
    ///
    /// - Throws: ``UnexpectedAnswer`` for another status.
    @discardableResult
    public func json(
        _ method: String,
        _ path: String,
        _ body: (any Encodable & Sendable)? = nil,
        headers: [String: String] = [:],
        expecting statuses: Set<Int> = [200, 201, 202, 204]
    ) async throws -> Answer {
        var headers = headers
        var data: Data?
        if let body {
            headers["Content-Type"] = "application/json"
            data = try JSONEncoder().encode(body)
        }
        let answer = try await send(method, path, headers: headers, body: data)
        guard statuses.contains(answer.status) else {
            throw UnexpectedAnswer(request: "\(method) \(path)", status: answer.status, body: answer.text)
        }
        return answer
    }
}
