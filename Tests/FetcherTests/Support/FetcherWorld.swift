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
import Testing
import WeCom

@testable import Fetcher

/// A fetcher's surroundings, all of them real but WeCom: a database, a broker with topics of its own, and a
/// registry and writer played by the test.
final class FetcherWorld: Sendable {
    static var isAvailable: Bool { Broker.isAvailable && TestDatabase.isAvailable }

    let wecom: ScriptedWeCom
    let database: Database
    let namespace: TopicNamespace
    let producer: Producer
    let records: TopicReader
    let progress: TopicReader
    let deadLetters: TopicReader
    private let environment: [String: String]
    private let keys: SealingKeys

    /// Makes the surroundings, and takes them down after `body`.
    static func with(
        _ wecom: ScriptedWeCom = .small(),
        environment: [String: String] = [:],
        _ body: @Sendable (FetcherWorld) async throws -> Void
    ) async throws {
        let namespace = try #require(TopicNamespace(Broker.uniqueName("fetcher") + "."))
        let topics = [
            TopicCatalogue.configuration, TopicCatalogue.commands, TopicCatalogue.wecomRecords,
            TopicCatalogue.progress, TopicCatalogue.commands.deadLetters(of: "wecom-fetcher"),
        ].map { $0.specification(in: namespace, partitions: 1, durability: .singleBroker) }
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders(topics)
        do {
            try await withTestDatabase { database, url in
                try await wecom.serving { port in
                    let world = try FetcherWorld(
                        wecom,
                        database,
                        namespace,
                        ["DATABASE_URL": url, "WECOM_API_URL": "http://127.0.0.1:\(port)"].merging(environment) { $1 }
                    )
                    try await body(world)
                }
            }
        } catch {
            try? await admin.delete(afterUse: topics.map(\.name))
            throw error
        }
        try await admin.delete(afterUse: topics.map(\.name))
    }

    private init(
        _ wecom: ScriptedWeCom,
        _ database: Database,
        _ namespace: TopicNamespace,
        _ environment: [String: String]
    ) throws {
        let sealingKeys = "k1:" + String(repeating: "A", count: 43) + "="
        self.wecom = wecom
        self.database = database
        self.namespace = namespace
        self.environment = [
            "KAFKA_BOOTSTRAP_SERVERS": Broker.bootstrapServers ?? "",
            "KAFKA_DEVELOPMENT_BROKER": Broker.settings["development.broker"] ?? "false",
            "TOPIC_PREFIX": namespace.prefix,
            "SEALING_KEYS": sealingKeys, "CONFIGURATION_PATIENCE_SECONDS": "5",
            "WECOM_RATE_LIMIT_PAUSE_SECONDS": "0.2",
        ].merging(environment) { $1 }
        keys = try SealingKeys(sealingKeys)
        producer = try Producer(settings: Broker.settings, logger: Broker.quiet)
        records = try TopicReader(TopicCatalogue.wecomRecords, in: namespace)
        progress = try TopicReader(TopicCatalogue.progress, in: namespace)
        deadLetters = try TopicReader(TopicCatalogue.commands.deadLetters(of: "wecom-fetcher"), in: namespace)
    }

    /// Starts a fetcher.
    ///
    /// - Parameter changes: To its environment.
    func start(_ instance: String = "one", _ changes: [String: String] = [:]) async throws -> FetcherProcess {
        let environment = environment.merging(changes) { $1 }
        var settings = try Environment(environment).settings(FetcherSettings.init)
        settings.session.backoff = Backoff(first: .milliseconds(5), limit: .milliseconds(20))
        settings.session.silence = settings.session.backoff.first * 10
        settings.session.transportRetries = 2
        let context = ProgramContext(name: "wecom-fetcher", instanceID: instance, logger: Broker.quiet)
        return FetcherProcess(try await fetcherServices(settings, context))
    }

    /// Where the database is.
    var databaseURL: String { environment["DATABASE_URL"] ?? "" }

    // MARK: The registry

    /// An identity provider that is connected, its configuration published.
    func makeSource(
        scope: SynchronizationScope = .all,
        change: (inout IdentityProviderConfiguration) -> Void = { _ in }
    ) async throws -> Source {
        var configuration = try configuration(of: .make(), .make(), scope: scope)
        change(&configuration)
        let source = Source(
            tenant: configuration.tenant,
            identityProvider: configuration.id,
            terms: configuration.terms
        )
        try await publish(configuration, source)
        return source
    }

    /// What the registry tells first of an identity provider that is connected.
    func configuration(of source: Source) throws -> IdentityProviderConfiguration {
        try configuration(of: source.identityProvider, source.tenant, scope: source.terms.scope)
    }

    private func configuration(
        of id: IdentityProviderID,
        _ tenant: TenantID,
        scope: SynchronizationScope
    ) throws -> IdentityProviderConfiguration {
        IdentityProviderConfiguration(
            id: id,
            tenant: tenant,
            enterpriseID: .make(),
            revision: Revision(rawValue: 1),
            name: try IdentityProviderName("test"),
            description: "Test",
            scope: scope,
            authorization: .authorized,
            connection: WeComConnection(
                kind: .ownApp,
                corpID: "ww1e933be11645237c",
                agentID: 1_000_002,
                secret: try keys.seal(Secret("secret"), context: id.description)
            )
        )
    }

    func publish(_ configuration: IdentityProviderConfiguration, _ source: Source) async throws {
        _ = try await producer.send(OutgoingRecord(configuration, envelope: source.envelope(), in: namespace))
    }

    /// Asks for a run.
    func request(
        _ source: Source,
        epoch: Int64 = 1,
        kind: RunSync.Kind = .full,
        revision: Int64 = 1,
        isDryRun: Bool = false,
        basis: Int64? = nil,
        terms: RunTerms? = nil,
        target: RunTarget? = nil,
        selection: HeldSelection? = nil
    ) async throws -> RunID {
        let command = RunSync(
            run: .make(),
            epoch: Epoch(rawValue: epoch),
            kind: kind,
            target: target,
            selection: selection,
            isDryRun: isDryRun,
            terms: terms ?? source.terms,
            configurationRevision: Revision(rawValue: revision),
            cause: kind == .delete ? .deletion : .manual,
            requestedAt: Timestamp(millisecondsSince1970: 1_700_000_000_000),
            basis: basis.map(Epoch.init(rawValue:))
        )
        try await send(command, source, run: command.run, epoch: command.epoch)
        return command.run
    }

    /// Asks, as the writer does, for objects that a run missed.
    func ask(
        _ source: Source,
        for objects: [DirectoryObject],
        witnesses: [DirectoryObject] = [],
        run: RunID = .make(),
        epoch: Int64 = 1,
        batch: Int = 1,
        askedAt: Timestamp = .now,
        terms: RunTerms? = nil
    ) async throws -> RunID {
        let question = AskFor(
            batch: batch,
            batches: 2,
            terms: terms ?? source.terms,
            objects: objects,
            witnesses: witnesses,
            askedAt: askedAt
        )
        try await send(question, source, run: run, epoch: Epoch(rawValue: epoch))
        return run
    }

    func send(
        _ command: some Message,
        _ source: Source,
        run: RunID? = nil,
        epoch: Epoch? = nil,
        to topic: Topic = TopicCatalogue.commands
    ) async throws {
        let envelope = source.envelope(run: run, epoch: epoch)
        _ = try await producer.send(OutgoingRecord(command, envelope: envelope, to: topic, in: namespace))
    }

    // MARK: The writer

    /// Reports pages as applied.
    func apply(pages: Int, of position: RunPosition, _ run: RunID, _ source: Source) async throws {
        let envelope = Envelope(
            type: StageProgress.type,
            source: "test",
            tenant: source.tenant,
            identityProvider: source.identityProvider,
            run: run,
            position: position
        )
        let report = StageProgress(stage: .writer, pages: pages)
        _ = try await producer.send(OutgoingRecord(report, envelope: envelope, in: namespace))
    }

    /// Whose runs they are.
    struct Source: Sendable {
        var tenant: TenantID
        let identityProvider: IdentityProviderID
        var terms: RunTerms

        func envelope(run: RunID? = nil, epoch: Epoch? = nil) -> Envelope {
            Envelope(
                type: RunSync.type,
                source: "test",
                tenant: tenant,
                identityProvider: identityProvider,
                run: run,
                position: epoch.map { RunPosition(epoch: $0, fence: Fence(rawValue: 0)) }
            )
        }
    }
}

/// A fetcher that runs.
final class FetcherProcess: Sendable {
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    init(_ services: [any Service]) {
        let group = ServiceGroup(services: services, logger: Broker.quiet)
        self.group = group
        task = Task { try await group.run() }
    }

    /// Asks it to stop, and waits.
    func stop() async throws {
        await group.triggerGracefulShutdown()
        try await task.value
    }

    /// Lets it drop everything where it stands: what is held stays held.
    func crash() async {
        task.cancel()
        _ = await task.result
    }
}
