import Kafka
import Messages
import Pipeline
import SuiteTesting
import Testing

/// What docs/restoring.md says after a loss is done as it stands there, and heals.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct RestoreTests {
    private static let schemas = ["registry", "fetcher", "directory", "verifier"]

    @Test("a database that is an hour older, of all services, heals with the next runs, and nobody is disabled")
    func everything() async throws {
        try await withConnected("restored_all") { suite, connected in
            try await stopped(Suite.Service.allCases, in: suite) {
                for schema in Self.schemas { try await suite.backUp(schema) }
            }
            try await live(connected, in: suite)
            try await stopped(Suite.Service.allCases, in: suite) {
                for schema in Self.schemas { try await suite.restore(schema) }
            }
            try await suite.control("configuration", "recover")
            try await suite.control("directory", "republish")
            try await expectHealed(connected, in: suite)
        }
    }

    @Test("of a registry that is an hour older settings and providers made since come back from what was told")
    func registry() async throws {
        try await withConnected("restored_registry") { suite, connected in
            try await stopped([.registry], in: suite) { try await suite.backUp("registry") }
            try await live(connected, in: suite)
            try await suite.registry.change(connected.provider, ["description": "renamed since"])
            let later = try await suite.connect("later", users: 40, departments: 3)
            #expect(try await suite.synchronize(later).outcome == "succeeded")
            try await suite.waitUntilAllIsRead()
            try await stopped([.registry], in: suite) { try await suite.restore("registry") }
            try await suite.control("configuration", "recover")
            try await suite.control("configuration", "recover")
            try await expectHealed(connected, in: suite)
            try await expectHealed(later, in: suite)

            let told = try await suite.messages(on: TopicCatalogue.configuration)
                .map { try $0.decode(IdentityProviderConfiguration.self) }
                .filter { $0.id.description == connected.provider.id }
            #expect(told.last?.description == "renamed since")
            #expect(told.last?.revision == told.map(\.revision).max(), "readers take a further revision only")
        }
    }

    @Test("topics that are gone with all that they carried are made anew, told again and gone on with")
    func topics() async throws {
        try await withConnected("topics_gone") { suite, connected in
            try await live(connected, in: suite)
            try await suite.waitUntilAllIsRead()
            for service in Suite.Service.allCases { suite[service].stop() }
            for topic in TopicCatalogue.all { try await suite.remake(topic) }
            // Whoever had read further than the new logs go begins at their beginnings.
            let anew = TopicCatalogue.streams.map(suite.namespace.name(of:)).joined(separator: ",")
            for service in Suite.Service.allCases { try suite[service].start(adding: ["STAGE_START_ANEW": anew]) }
            try await suite.waitUntilReady(.registry)
            try await suite.control("configuration", "republish")
            for service in Suite.Service.allCases { try await suite.waitUntilReady(service) }
            try await suite.control("directory", "republish")
            try await expectHealed(connected, in: suite)
        }
    }

    private func withConnected(_ name: String, _ body: (Suite, ConnectedTenant) async throws -> Void) async throws {
        let variables = ["CONFIGURATION_PATIENCE_SECONDS": "2"]
        try await withJudgedSuite(name, partitions: 2, variables: variables) { suite in
            let connected = try await suite.connect("restored", users: 150, departments: 8)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            try await suite.waitUntilAllIsRead()
            try await body(suite, connected)
        }
    }

    /// An hour with two runs that had something to do.
    private func live(_ connected: ConnectedTenant, in suite: Suite) async throws {
        for seed in 1...2 {
            _ = try await suite.simulator.change(connected.corp, update: 20, remove: 3, add: 5, move: 2, seed: seed)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
        }
        try await suite.waitUntilAllIsRead()
    }

    private func stopped(_ services: [Suite.Service], in suite: Suite, _ body: () async throws -> Void) async throws {
        for service in services { suite[service].stop() }
        try await body()
        for service in services { try suite[service].start() }
        for service in services { try await suite.waitUntilReady(service) }
    }

    private func expectHealed(_ connected: ConnectedTenant, in suite: Suite) async throws {
        // A run that the registry gave a number that was passed is started anew by itself.
        let run = try await waitFor("a run that works") {
            let run = try await suite.synchronize(connected)
            return run.outcome == "succeeded" ? run : nil
        }
        #expect(run.counts.users.seen > 0)
        try await suite.waitUntilAllIsRead()
        #expect(try await suite.differences(of: connected).map(\.description) == [])
        try await suite.waitForPrincipals(of: connected)
        #expect(try await disabled(of: connected, in: suite) == [], "who is in WeCom was never disabled")
    }

    /// People who are in WeCom, and of whom was told at some time that they are disabled or gone.
    private func disabled(of connected: ConnectedTenant, in suite: Suite) async throws -> Set<String> {
        let users = try await suite.directory.users(of: connected.provider)
        let present = Set(users.filter { $0.state == "active" && $0.enabled }.map(\.externalID))
        let told = try await suite.messages(on: TopicCatalogue.directoryChanges)
            .filter { $0.envelope.identityProvider.description == connected.provider.id }
            .flatMap { try $0.decode(DirectoryChanges.self).users }
        return present.intersection(told.filter { [.disabled, .deleted].contains($0.kind) }.map(\.externalID))
    }
}
