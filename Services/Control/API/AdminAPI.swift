import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Runtime
import Sealing

/// The HTTP API of a service, called with an API key.
struct AdminAPI {
    private static let timeout = TimeAmount.seconds(60)
    /// As much as a page of the most that objects can say.
    private static let largestAnswer = 8 << 20

    /// What the service is called, for errors.
    let service: String
    /// Where it is, without a slash at the end.
    let url: String
    let key: Secret

    /// What a service answered.
    struct Answer {
        /// Nil for an empty body.
        var json: JSON?
        /// The version of what was asked for.
        var entityTag: String?
    }

    /// Sends a JSON object and returns the JSON of the answer.
    ///
    /// - Throws: ``AdminAPIError``.
    func post(_ path: String, _ body: JSON) async throws -> JSON {
        try whole(try await send(.POST, path, body), path)
    }

    /// Changes something as it stands, and returns the JSON of the answer.
    ///
    /// - Throws: ``AdminAPIError``.
    func change(_ path: String, _ body: JSON) async throws -> JSON {
        try whole(try await send(.PATCH, path, body, headers: ["if-match": "*"]), path)
    }

    /// Asks for something and returns the JSON of the answer.
    ///
    /// - Throws: ``AdminAPIError``.
    func get(_ path: String) async throws -> JSON { try whole(try await send(.GET, path), path) }

    /// Sends a request of any kind.
    ///
    /// - Throws: ``AdminAPIError``.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSON? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = request(method, path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: try body.text))
        }
        let (response, bytes) = try await withResponse(to: request) { response in
            (response, try await response.body.collect(upTo: Self.largestAnswer))
        }
        let json = try? JSON(parsing: Data(bytes.readableBytesView))
        try requireSuccess(response, json, path)
        if json == nil, bytes.readableBytes > 0 { throw notJSON(path, response.status.code) }
        return Answer(json: json, entityTag: response.headers.first(name: "etag"))
    }

    /// Asks for a file, however long, and hands its parts on as they come.
    ///
    /// - Parameter timeout: How long that may take in all.
    /// - Throws: ``AdminAPIError``.
    func download(
        _ path: String,
        headers: [String: String] = [:],
        within timeout: TimeAmount = Self.timeout,
        _ take: (ByteBuffer) throws -> Void
    ) async throws {
        var request = request(.GET, path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        try await withResponse(to: request, within: timeout) { response in
            guard response.status == .ok else {
                let body = try await response.body.collect(upTo: Self.largestAnswer)
                return try requireSuccess(response, try? JSON(parsing: Data(body.readableBytesView)), path)
            }
            for try await part in response.body { try take(part) }
        }
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer " + key.withValue(\.self))
        return request
    }

    private func whole(_ answer: Answer, _ path: String) throws -> JSON {
        guard let json = answer.json else { throw notJSON(path, 200) }
        return json
    }

    private func requireSuccess(_ response: HTTPClientResponse, _ json: JSON?, _ path: String) throws {
        let status = Int(response.status.code)
        guard (200...299).contains(status) else { throw AdminAPIError(refusalOf: self, path, status, json) }
    }

    private func notJSON(_ path: String, _ status: UInt) -> AdminAPIError {
        AdminAPIError("\(service) at \(url)\(path) answered \(status) without JSON.")
    }

    private func withResponse<Result>(
        to request: HTTPClientRequest,
        within timeout: TimeAmount = Self.timeout,
        _ body: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .direct)
        do {
            let result = try await body(try await client.execute(request, timeout: timeout))
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            if error is AdminAPIError { throw error }
            if error is NIOTooManyBytesError {
                throw AdminAPIError("\(service) at \(request.url) answers with more than \(Self.largestAnswer) bytes.")
            }
            throw AdminAPIError("\(service) at \(url) does not answer: \(error)")
        }
    }
}

/// Why a service did not do what it was asked for, and what to do about it.
struct AdminAPIError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// What the problem details say (RFC 9457), as far as there are any.
    init(refusalOf api: AdminAPI, _ path: String, _ status: Int, _ answer: JSON?) {
        var sentences = ["\(api.service) at \(api.url)\(path) answered \(status)."]
        if case .object(let problem) = answer {
            for member in ["detail", "fix"] {
                if case .string(let text) = problem[member] { sentences.append(text) }
            }
        }
        description = sentences.joined(separator: " ")
    }
}

extension AdminAPI {
    /// - Parameters:
    ///   - variables: What the variables' names begin with.
    ///   - url: What was given as an option; it wins.
    ///   - key: What was given as an option; it wins.
    init(
        _ service: String,
        _ variables: String,
        _ environment: Environment,
        url: String?,
        key: String?
    ) throws {
        let given = [("\(variables)_URL", url), ("\(variables)_API_KEY", key)]
        let environment = environment.setting(given.reduce(into: [:]) { $0[$1.0] = $1.1 })
        self = try environment.settings { environment in
            AdminAPI(
                service: "the \(service)",
                url: try environment.url("\(variables)_URL").absoluteString,
                key: try environment.secret("\(variables)_API_KEY", form: "an API key")
            )
        }
    }
}
