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
    private static let largestAnswer = 1 << 20

    /// What the service is called, for errors.
    let service: String
    /// Where it is, without a slash at the end.
    let url: String
    let key: Secret

    /// Sends a JSON object and returns the JSON of the answer.
    ///
    /// - Throws: ``AdminAPIError``.
    func post(_ path: String, _ body: JSON) async throws -> JSON {
        var request = request(.POST, path)
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: try body.text))
        return try await answer(to: request, path)
    }

    /// Changes something as it stands, and returns the JSON of the answer.
    ///
    /// - Throws: ``AdminAPIError``.
    func change(_ path: String, _ body: JSON) async throws -> JSON {
        var request = request(.PATCH, path)
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "if-match", value: "*")
        request.body = .bytes(ByteBuffer(string: try body.text))
        return try await answer(to: request, path)
    }

    /// Asks for something and returns the JSON of the answer.
    ///
    /// - Throws: ``AdminAPIError``.
    func get(_ path: String) async throws -> JSON { try await answer(to: request(.GET, path), path) }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer " + key.withValue(\.self))
        return request
    }

    private func answer(to request: HTTPClientRequest, _ path: String) async throws -> JSON {
        let (status, answer) = try await send(request)
        let json = try? JSON(parsing: answer)
        guard (200...299).contains(status) else { throw AdminAPIError(refusalOf: self, path, status, json) }
        guard let json else { throw AdminAPIError("\(service) at \(url)\(path) answered \(status) without JSON.") }
        return json
    }

    /// A key is for one service: redirects are not followed.
    private func send(_ request: HTTPClientRequest) async throws -> (status: Int, body: Data) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            try await client.shutdown()
            return (Int(response.status.code), Data(body.readableBytesView))
        } catch {
            try? await client.shutdown()
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
