import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Runtime
import Sealing
import Traces

/// One of the services that the console is a client of, asked by its documented API.
struct ServiceAPI: Sendable {
    /// A service, as texts name it.
    enum Name: String, Sendable, CaseIterable { case registry, directory, verifier }

    /// What came, and the version of it that a change can refer to.
    struct Answer<Value: Sendable>: Sendable {
        let value: Value
        let entityTag: String?

        /// The version, as forms carry it.
        var version: String { (entityTag ?? "").filter { $0 != "\"" } }
    }

    /// How a request is to be understood besides its path and body.
    struct Terms: Sendable {
        /// `If-Match`: the version that was seen.
        var version: String?
        /// `Idempotency-Key`: the same for the same form, however often it is sent.
        var idempotencyKey: String?
        /// How long to wait.
        var patience: TimeAmount = .seconds(15)
    }

    /// An answer without a body, or whose body nobody needs.
    struct Nothing: Decodable, Sendable {
        init() {}
        init(from decoder: any Decoder) throws {}
    }

    private static let largestAnswer = 8 << 20

    let name: Name
    /// Where it is, without a slash at the end.
    let url: String
    let key: Secret
    let http: HTTPClient

    /// Reads something.
    ///
    /// - Throws: ``APIProblem``.
    func get<Value: Decodable & Sendable>(
        _ path: String,
        _ query: [(name: String, value: String?)] = [],
        as type: Value.Type = Value.self
    ) async throws -> Value {
        try await ask(.GET, PercentEncoding.url(path, query), as: type).value
    }

    /// Reads something that can be changed.
    ///
    /// - Throws: ``APIProblem``.
    func getVersioned<Value: Decodable & Sendable>(
        _ path: String,
        as type: Value.Type = Value.self
    ) async throws -> Answer<Value> {
        try await ask(.GET, path, as: type)
    }

    /// Changes, starts or deletes something.
    ///
    /// - Throws: ``APIProblem``.
    @discardableResult
    func send<Value: Decodable & Sendable>(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSON? = nil,
        terms: Terms = Terms(),
        as type: Value.Type = Nothing.self
    ) async throws -> Value {
        try await ask(method, path, body, terms, as: type).value
    }

    /// Reads a file or a stream as it comes.
    ///
    /// - Throws: ``APIProblem``.
    func open(_ path: String, headers: [(String, String)] = []) async throws -> HTTPClientResponse {
        var request = request(.GET, path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, deadline: .now() + .hours(2))
        } catch {
            throw APIProblem(silenceOf: name)
        }
        guard (200...299).contains(response.status.code) else {
            let body = try? await response.body.collect(upTo: 1 << 16)
            throw APIProblem(from: name, status: Int(response.status.code), body: body)
        }
        return response
    }

    private func ask<Value: Decodable & Sendable>(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSON? = nil,
        _ terms: Terms = Terms(),
        as type: Value.Type
    ) async throws -> Answer<Value> {
        var request = request(method, path)
        if let version = terms.version { request.headers.add(name: "if-match", value: version) }
        if let once = terms.idempotencyKey { request.headers.add(name: "idempotency-key", value: once) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: try body.text))
        }
        let response: HTTPClientResponse
        let answer: ByteBuffer
        do {
            response = try await http.execute(request, timeout: terms.patience)
            answer = try await response.body.collect(upTo: Self.largestAnswer)
        } catch {
            throw APIProblem(silenceOf: name)
        }
        guard (200...299).contains(response.status.code) else {
            throw APIProblem(from: name, status: Int(response.status.code), body: answer)
        }
        return Answer(value: try decode(type, answer), entityTag: response.headers.first(name: "etag"))
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ body: ByteBuffer) throws -> Value {
        if let nothing = Nothing() as? Value { return nothing }
        do {
            if let type = type as? any ReadByHand.Type,
                let value = try type.init(answer: Array(body.readableBytesView)) as? Value
            {
                return value
            }
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw APIProblem(unreadableAnswerOf: name)
        }
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer " + key.withValue(\.self))
        if let span = TraceSpan.current { request.headers.add(name: "traceparent", value: "\(span.context)") }
        return request
    }
}
