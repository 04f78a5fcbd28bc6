import Foundation
import HTTPTypes
import HummingbirdTesting
import Kafka
import Messages
import NIOCore
import Postgres
import Runtime
import Sealing
import Testing

@testable import Registry

extension TestRegistry {
    /// Sends a request, as the bootstrap key's holder unless told otherwise.
    func send(
        _ method: Method,
        _ path: String,
        _ body: JSON? = nil,
        key: String? = TestRegistry.bootstrapKey,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send(method, path, text: try body?.text, key: key, headers: headers)
    }

    /// Sends a request whose body is this text.
    func send(
        _ method: Method,
        _ path: String,
        text: String?,
        key: String? = TestRegistry.bootstrapKey,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = HTTPFields()
        if let key { fields[.authorization] = "Bearer \(key)" }
        if text != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        return try await client.execute(
            uri: path.hasPrefix("/") ? path : "/api/v1/\(path)",
            method: method.request,
            headers: fields,
            body: text.map { ByteBuffer(string: $0) }
        ) { response in
            Answer(
                status: response.status.code,
                headers: response.headers,
                bytes: Array(response.body.readableBytesView)
            )
        }
    }

    /// Makes a tenant; returns its id.
    func makeTenant(_ name: String = "Acme") async throws -> String {
        let answer = try await send(.post, "tenants", ["name": .string(name)])
        return try #require(answer["id"].string)
    }

    /// Makes an identity provider; returns its id.
    func makeProvider(in tenant: String? = nil, _ settings: [String: JSON] = [:]) async throws -> IdentityProviderID {
        let tenant = if let tenant { tenant } else { try await makeTenant() }
        let usual: [String: JSON] = ["name": "test_123", "description": "WeCom data source"]
        let body = JSON.object(usual.merging(settings) { $1 })
        let answer = try await send(.post, "tenants/\(tenant)/idps", body)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer["id"].string.flatMap { IdentityProviderID($0) })
    }

    /// Makes an identity provider that is connected, as if its authorization had been granted.
    func makeConnectedProvider(
        in tenant: String? = nil,
        corpID: String = "ww1e933be11645237c",
        _ settings: [String: JSON] = [:]
    ) async throws -> IdentityProviderID {
        let id = try await makeProvider(in: tenant, settings)
        try await connect(id, corpID: corpID)
        return id
    }

    /// Connects an identity provider.
    func connect(_ id: IdentityProviderID, corpID: String) async throws {
        let secret = try Self.sealingKeys.seal(Secret("code"), context: id.description)
        let connection = WeComConnection(kind: .customDevelopedApp, corpID: corpID, agentID: 1_000_012, secret: secret)
        let providers = components.providers
        try await components.ledger.change { database in
            let provider = try #require(try IdentityProviderStore.lock(id, on: database))
            _ = try providers.revise(provider, by: .system, as: "idp.changed", on: database) {
                $0.connect(by: connection)
            }
        }
    }

    /// Changes an identity provider at whatever revision it is.
    @discardableResult
    func patch(_ id: IdentityProviderID, _ body: JSON) async throws -> Answer {
        let answer = try await send(.patch, "idps/\(id)", body, headers: ["If-Match": "*"])
        try #require(answer.status == 200, "\(answer.text)")
        return answer
    }

    /// Deletes an identity provider, by its name and whatever revision it is at.
    @discardableResult
    func deleteProvider(_ id: IdentityProviderID, key: String? = TestRegistry.bootstrapKey) async throws -> Answer {
        let name = try await send(.get, "idps/\(id)", key: key)["name"].string ?? "unknown"
        let path = PercentEncoding.url("idps/\(id)", [("confirm", name)])
        return try await send(.delete, path, key: key, headers: ["If-Match": "*"])
    }

    /// Makes an API key; returns what its holder knows.
    func makeKey(_ role: String, for tenant: String? = nil) async throws -> String {
        var body: [String: JSON] = ["name": .string("a \(role)"), "role": .string(role)]
        if let tenant { body["tenantID"] = .string(tenant) }
        return try #require(try await send(.post, "api-keys", .object(body))["key"].string)
    }

    /// Starts a run; returns it.
    func startRun(_ id: IdentityProviderID, key: String? = nil) async throws -> JSON {
        let headers = key.map { ["Idempotency-Key": $0] } ?? [:]
        let answer = try await send(.post, "idps/\(id)/runs", headers: headers)
        try #require([200, 202].contains(answer.status), "\(answer.text)")
        return answer.json
    }

    /// What waits in the outbox for a topic, in order.
    func published(_ topic: Topic) async throws -> [PublishedRecord] {
        let rows = try await database.run(
            "select key, value, headers::text from registry.outbox where topic = \(topic.name) order by id"
        )
        return try rows.map { row in
            let (key, value, headers) = try row.decode(String?.self, [UInt8]?.self, String.self)
            return PublishedRecord(key: key, value: value, headers: try JSON(parsing: Data(headers.utf8)))
        }
    }

    /// The last run that was asked for.
    func lastCommand() async throws -> RunSync {
        let records = try await published(TopicCatalogue.commands).filter {
            $0.header("ce_type") == RunSync.type.description
        }
        return try #require(records.last).decode(RunSync.self)
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int {
        let row = try #require(
            try await database.run("select count(*) from \(identifier: "registry", table)").first
        )
        return try row.decode(Int.self)
    }
}

/// How a request is meant.
enum Method: Sendable {
    case get, post, patch, delete, put

    var request: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .post: .post
        case .patch: .patch
        case .delete: .delete
        case .put: .put
        }
    }
}

/// A record on its way to a topic.
struct PublishedRecord: Sendable {
    var key: String?
    var value: [UInt8]?
    var headers: JSON

    /// Reads the message.
    func decode<Content: Message>(_: Content.Type) throws -> Content { try Content.decode(try #require(value)) }

    /// The text of a header.
    func header(_ name: String) -> String? { headers.array.first { $0[0].string == name }?[1].string }
}
