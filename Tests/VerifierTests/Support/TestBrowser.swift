import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization

/// A browser with a jar of cookies, which follows nothing by itself.
final class TestBrowser: Sendable {
    private let client: any TestClientProtocol
    private let userAgent: String
    private let jar = Mutex<[String: String]>([:])

    private let address: String

    /// - Parameter address: Where it comes from; each test's own, as limits count by it.
    init(_ client: any TestClientProtocol, userAgent: String = "Mozilla/5.0", address: String = "192.0.2.1") {
        self.client = client
        self.userAgent = userAgent
        self.address = address
    }

    /// The cookies that it has.
    var cookies: [String: String] { jar.withLock { $0 } }

    /// Puts a cookie into the jar.
    func keep(_ name: String, _ value: String) { jar.withLock { $0[name] = value } }

    func get(_ uri: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await send(uri, .get, headers, nil)
    }

    func head(_ uri: String) async throws -> TestResponse { try await send(uri, .head, [:], nil) }

    func post(_ uri: String, form: [String: String], headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = form.map { "\($0.key)=\(Self.escaped($0.value))" }.joined(separator: "&")
        return try await send(uri, .post, headers, ByteBuffer(string: body))
    }

    func post(_ uri: String, json: [String: String], headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await send(uri, .post, headers, ByteBuffer(bytes: try JSONEncoder().encode(json)))
    }

    private func send(
        _ uri: String,
        _ method: HTTPRequest.Method,
        _ headers: HTTPFields,
        _ body: ByteBuffer?
    ) async throws -> TestResponse {
        var headers = headers
        headers[.userAgent] = userAgent
        if let name = HTTPField.Name("X-Forwarded-For"), headers[name] == nil { headers[name] = address }
        let cookies = jar.withLock { $0.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        if !cookies.isEmpty { headers[.cookie] = cookies }
        let response = try await client.executeRequest(uri: uri, method: method, headers: headers, body: body)
        for cookie in response.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard let name = pair.first, pair.count == 2 || cookie.contains("Max-Age=0") else { continue }
            jar.withLock { $0[String(name)] = cookie.contains("Max-Age=0") ? nil : String(pair[1]) }
        }
        return response
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension TestResponse {
    /// The body as text.
    var text: String { String(buffer: body) }

    /// The body as a JSON object.
    var json: [String: Any] {
        get throws { try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any] ?? [:] }
    }

    /// Where it redirects to.
    var location: String { headers[.location] ?? "" }

    /// Path and query of where it redirects to.
    var path: String {
        guard let url = URLComponents(string: location) else { return "" }
        return url.percentEncodedPath + (url.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// A field of the query of where it redirects to.
    func query(_ name: String) -> String? {
        URLComponents(string: location)?.queryItems?.first { $0.name == name }?.value
    }

    /// The text of the element with that id.
    func element(_ id: String) -> String? {
        guard let start = text.firstRange(of: "id=\"\(id)\">") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "<" })
    }

    /// The value of a hidden field of a form.
    func hiddenField(_ name: String) -> String? {
        guard let start = text.firstRange(of: "type=\"hidden\" name=\"\(name)\" value=\"") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\"" }).replacing("&amp;", with: "&")
    }

    /// Where the links with that class lead.
    var links: [String] {
        text.split(separator: "href=\"").dropFirst().map { part in
            String(part.prefix { $0 != "\"" }).replacing("&amp;", with: "&")
        }
    }
}
