import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KafkaTesting
import Runtime
import Testing

@testable import Writer

/// Asks SCIM as a client does.
struct SCIMReader: Sendable {
    static let own = "key-of-the-first-tenant"
    static let foreign = "key-of-the-other-tenant"
    static let all = "key-that-sees-all-tenants"

    struct Answer {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let body: JSON

        subscript(name: String) -> JSON { body[name] }
        var resources: [JSON] { body["Resources"].elements }
        var userNames: [String] { resources.compactMap { $0["userName"].text } }
        var ids: [String] { resources.compactMap { $0["id"].text } }
        var next: String? { body["nextCursor"].text }
    }

    let client: any TestClientProtocol
    var key = SCIMReader.own

    func get(_ path: String, key: String? = nil, headers more: HTTPFields = [:]) async throws -> Answer {
        try await ask(.get, path, key: key, headers: more)
    }

    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil,
        key: String? = nil,
        headers more: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = more
        headers[.authorization] = "Bearer \(key ?? self.key)"
        let response = try await client.execute(
            uri: "/scim/v2/\(path)",
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        )
        let bytes = Data(response.body.readableBytesView)
        return Answer(
            status: response.status,
            headers: response.headers,
            body: bytes.isEmpty ? .null : try JSON(parsing: bytes)
        )
    }

    func list(_ kind: String, filter: String, _ further: String = "") async throws -> Answer {
        let answer = try await get("\(kind)?filter=\(PercentEncoding.encode(filter))\(further)")
        #expect(answer.status == .ok, "\(filter): \(answer.body)")
        return answer
    }

    /// The user names that a filter finds.
    func find(_ filter: String) async throws -> [String] { try await list("Users", filter: filter).userNames.sorted() }

    /// Asks the writer of a world, which shows a tenant and another one.
    static func with(
        _ world: WriterWorld,
        _ source: Source,
        _ other: Source = Source(),
        _ body: @Sendable (SCIMReader) async throws -> Void
    ) async throws {
        let router = try router(world, source, other)
        try await Application(router: router, logger: Broker.quiet).test(.router) { client in
            try await body(SCIMReader(client: client))
        }
    }

    static func router(_ world: WriterWorld, _ source: Source, _ other: Source) throws -> Router<DirectoryContext> {
        directoryRouter(
            DirectoryReading(database: world.database, historyDays: 180),
            Republications(republishing: world.republishing) {},
            readers: try DirectoryReaders("\(all),\(own)@\(source.tenant),\(foreign)@\(other.tenant)")
        )
    }
}

extension JSON {
    subscript(name: String) -> JSON {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: Int64? { if case .integer(let number) = self { number } else { nil } }
}
