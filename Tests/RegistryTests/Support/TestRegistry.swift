import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kafka
import KafkaTesting
import Logging
import Messages
import Phrases
import Pipeline
import Postgres
import PostgresTesting
import Runtime
import Sealing
import WeCom

@testable import Registry

/// The real application, on a database of its own. What it publishes stays in the outbox, to be looked at.
struct TestRegistry: Sendable {
    static let bootstrapKey = "bootstrap-key-of-the-tests"

    let components: Components
    let database: Database
    let settings: Settings
    let client: any TestClientProtocol

    static let quiet: Logger = {
        var logger = Logger(label: "registry")
        logger.logLevel = .critical
        return logger
    }()

    static let sealingKeys: SealingKeys = {
        // swift-format-ignore: NeverUseForceTry
        try! SealingKeys("k1:" + Data(repeating: 7, count: 32).base64EncodedString())
    }()

    static func settings(_ url: String) -> Settings {
        var settings = Settings(
            databaseURL: url,
            stage: StageSettings(kafka: ["bootstrap.servers": Broker.bootstrapServers ?? "127.0.0.1:9"]),
            sealingKeys: sealingKeys
        )
        settings.bootstrapKey = Secret(bootstrapKey)
        settings.publicURL = "https://registry.test"
        settings.wecomURL = "http://127.0.0.1:9"
        // A machine under load may take its time; no test waits for a call to fail by its time.
        settings.wecomTimeout = .seconds(100)
        return settings
    }

    /// Another registry on the same database.
    func another() throws -> Components {
        try Self.components(settings, database)
    }

    /// As the registry's own.
    private static let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .wecom())

    static func components(_ settings: Settings, _ database: Database) throws -> Components {
        Components(
            settings,
            source: "idp-registry/test",
            database: database,
            readiness: Readiness(),
            clients: EgressClients(own: http, policy: settings.egressPolicy),
            http: http,
            phrasebook: try Phrasebook.load(),
            logger: quiet
        )
    }
}

/// Runs a test against an application of its own.
func withRegistry(
    connections: Int = 4,
    _ adjust: (inout Settings) -> Void = { _ in },
    _ test: @Sendable (TestRegistry) async throws -> Void
) async throws {
    try await withTestDatabase(connections: connections) { database, url in
        var settings = TestRegistry.settings(url)
        adjust(&settings)
        try await Services.migrate(database, TestRegistry.quiet)
        let components = try TestRegistry.components(settings, database)
        try await withClient(components, settings, test)
    }
}

/// Runs a test against the application of these parts.
func withClient(
    _ components: Components,
    _ settings: Settings,
    _ test: @Sendable (TestRegistry) async throws -> Void
) async throws {
    let router = API(components: components, logger: TestRegistry.quiet).router()
    try await Application(router: router, logger: TestRegistry.quiet).test(.router) { client in
        try await test(
            TestRegistry(
                components: components,
                database: components.ledger.database,
                settings: settings,
                client: client
            )
        )
    }
}

/// What the registry answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSON { (try? JSON(parsing: Data(bytes))) ?? .null }
    subscript(key: String) -> JSON { json[key] }

    /// The last part of a problem's `type`.
    var problem: String? { json["type"].string?.split(separator: "/").last.map(String.init) }

    /// The fields with mistakes.
    var fields: [String] { json["errors"].array.compactMap { $0["field"].string } }

    /// The sentence about a field.
    func message(about field: String) -> String? {
        json["errors"].array.first { $0["field"].string == field }?["message"].string
    }

    /// A header's value.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension JSON {
    subscript(key: String) -> JSON {
        guard case .object(let fields) = self else { return .null }
        return fields[key] ?? .null
    }

    subscript(index: Int) -> JSON { array.indices.contains(index) ? array[index] : .null }

    var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    var integer: Int? {
        guard case .integer(let value) = self else { return nil }
        return Int(value)
    }

    var array: [JSON] {
        guard case .array(let value) = self else { return [] }
        return value
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
