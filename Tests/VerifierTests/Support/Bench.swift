import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdTesting
import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Runtime
import Sealing
import ServiceLifecycle
import UnixSignals
import WeCom

@testable import Verifier

/// A whole verifier on a database, topics and a WeCom of its own.
struct Bench: Sendable {
    let wiring: Wiring
    let wecom: FakeWeCom
    let client: any TestClientProtocol
    let namespace: TopicNamespace
    let producer: Producer

    static let publicURL = "https://logon.test"
    static let redirectURI = "https://app.test/callback"
    static let operatorKey = "an-operators-key-of-some-length"
    static let sealing = "k1:" + Data(repeating: 7, count: 32).base64EncodedString()

    static var isAvailable: Bool { TestDatabase.isAvailable && Broker.isAvailable }

    /// Runs a verifier while `body` does.
    ///
    /// - Parameter clients: Which it has besides the usual ones.
    static func run(
        clients: [ClientConfiguration] = [],
        prepare: @Sendable (Database, Producer, TopicNamespace) async throws -> Void = { _, _, _ in },
        _ body: @Sendable @escaping (Bench) async throws -> Void
    ) async throws {
        try await turns.take { try await runNow(clients, prepare, body) }
    }

    /// Each verifier has a dozen connections to PostgreSQL, which allows a hundred by default.
    private static let turns = Turns(3)

    private static func runNow(
        _ clients: [ClientConfiguration],
        _ prepare: @Sendable (Database, Producer, TopicNamespace) async throws -> Void,
        _ body: @Sendable @escaping (Bench) async throws -> Void
    ) async throws {
        let wecom = FakeWeCom()
        try await withTestDatabase { database, url in
            try await withTopics { namespace, producer in
                try await Application(router: wecom.router(), logger: Broker.quiet).test(.live) { fake in
                    let settings = try settings(url, namespace, wecomPort: fake.port ?? 0)
                    let context = ProgramContext(name: "auth-verifier", instanceID: "1", logger: Broker.quiet)
                    let wiring = try await Wiring(settings, context)
                    try await SampleClients.keep(SampleClients.usual + clients, in: database)
                    try await prepare(database, producer, namespace)
                    try await running(wiring.background) {
                        try await wiring.configurations.waitUntilCurrent()
                        try await wiring.projection.waitUntilCurrent()
                        try await Application(router: wiring.router(), logger: Broker.quiet).test(.live) { client in
                            try await body(
                                Bench(
                                    wiring: wiring,
                                    wecom: wecom,
                                    client: client,
                                    namespace: namespace,
                                    producer: producer
                                )
                            )
                        }
                    }
                }
            }
        }
    }

    /// Runs another instance of the same verifier while `body` does.
    func withAnotherInstance(_ body: @Sendable @escaping (any TestClientProtocol) async throws -> Void) async throws {
        let context = ProgramContext(name: "auth-verifier", instanceID: "2", logger: Broker.quiet)
        var settings = wiring.settings
        settings.stage.instanceID = "2"
        let other = try await Wiring(settings, context)
        try await Self.running(other.background) {
            try await other.configurations.waitUntilCurrent()
            try await Application(router: other.router(), logger: Broker.quiet).test(.live) { try await body($0) }
        }
    }

    private static func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(services: services, logger: Broker.quiet)
        async let done: Void = group.run()
        do {
            try await body()
        } catch {
            await group.triggerGracefulShutdown()
            try? await done
            throw error
        }
        await group.triggerGracefulShutdown()
        try await done
    }

    private static func withTopics(_ body: (TopicNamespace, Producer) async throws -> Void) async throws {
        let namespace = TopicNamespace(Broker.uniqueName("verifier") + ".") ?? .none
        let topics = [
            TopicCatalogue.configuration, TopicCatalogue.clients, TopicCatalogue.directoryChanges,
            TopicCatalogue.authentication,
            TopicCatalogue.directoryChanges.deadLetters(of: "auth-verifier"),
        ]
        let names = topics.map(namespace.name(of:))
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders(
            topics.map { $0.specification(in: namespace, partitions: 2, durability: .singleBroker) }
        )
        let producer = try Producer(settings: Broker.settings, logger: Broker.quiet)
        do {
            try await body(namespace, producer)
            try await producer.flush(within: .seconds(5))
            try await admin.delete(afterUse: names)
        } catch {
            try? await admin.delete(afterUse: names)
            throw error
        }
        try await admin.close()
    }

    private static func settings(
        _ url: String,
        _ namespace: TopicNamespace,
        wecomPort: Int
    ) throws -> Settings {
        let wecom = "http://127.0.0.1:\(wecomPort)"
        return Settings(
            databaseURL: Secret(url),
            databaseConnections: 4,
            databasePartitions: 2,
            stage: StageSettings(kafka: Broker.settings, namespace: namespace, instanceID: "1"),
            sealing: try SealingKeys(sealing),
            publicURL: publicURL,
            wecomAPIURL: wecom,
            wecomOAuthURL: wecom,
            wecomLoginURL: wecom,
            operatorKey: Secret(operatorKey),
            host: "127.0.0.1",
            port: 0,
            egressPolicy: EgressPolicy(allowing: ["127.0.0.0/8"].compactMap { NetworkRange($0) }),
            // Tests say where they come from, as a proxy does.
            trustedProxies: TrustedProxies(ranges: ["127.0.0.0/8", "::1"].compactMap { NetworkRange($0) }),
            registry: RegistryAddress(url: wecom, key: Secret("the registry's key")),
            sweepPeriod: .seconds(60),
            keyLead: .seconds(1),
            keyPeriod: .milliseconds(200)
        )
    }
}
