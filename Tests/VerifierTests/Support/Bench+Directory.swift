import Foundation
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Sealing

@testable import Verifier

extension Bench {
    /// An identity provider of a tenant of its own.
    static func identityProvider(
        description: String = "WeCom data source",
        status: IdentityProviderConfiguration.Status = .enabled,
        authorization: IdentityProviderConfiguration.Authorization = .authorized,
        enterpriseID: EnterpriseID = .make(),
        schema: String? = nil
    ) throws -> IdentityProviderConfiguration {
        let id = IdentityProviderID.make()
        let secret = try SealingKeys(sealing).seal(Secret(FakeWeCom.secret), context: id.description)
        return IdentityProviderConfiguration(
            id: id,
            tenant: .make(),
            enterpriseID: enterpriseID,
            revision: Revision(rawValue: 1),
            name: try IdentityProviderName("test_123"),
            description: description,
            status: status,
            authorization: authorization,
            connection: WeComConnection(
                kind: .ownApp,
                corpID: FakeWeCom.corpID,
                agentID: FakeWeCom.agentID,
                secret: secret
            ),
            schema: schema
        )
    }

    /// Publishes a configuration, and waits until the verifier knows it.
    func publish(_ configuration: IdentityProviderConfiguration) async throws {
        try await Self.publish(configuration, producer, namespace)
        _ = try await wiring.configurations.wait(
            for: configuration.id,
            revision: configuration.revision,
            within: .seconds(10)
        )
    }

    static func publish(
        _ configuration: IdentityProviderConfiguration,
        _ producer: Producer,
        _ namespace: TopicNamespace
    ) async throws {
        let envelope = Envelope(
            type: IdentityProviderConfiguration.type,
            source: "test",
            tenant: configuration.tenant,
            identityProvider: configuration.id
        )
        _ = try await producer.send(OutgoingRecord(configuration, envelope: envelope, in: namespace))
    }

    /// Publishes a change of people, and waits until the verifier has applied it.
    func change(
        _ users: [DirectoryChanges.UserChange],
        in configuration: IdentityProviderConfiguration,
        epoch: Int64,
        sequence: Int64 = 1
    ) async throws {
        try await send(users, in: configuration, epoch: epoch, sequence: sequence)
        try await eventually("the projection is at epoch \(epoch)") {
            let rows = try await wiring.database.run(
                """
                select 1 from verifier.projection
                where idp_id = \(configuration.id.uuid) and (epoch, sequence) >= (\(epoch), \(sequence))
                """
            )
            return !rows.isEmpty
        }
    }

    /// Which life the directory of these tests is in.
    static let incarnation = Incarnation.make()

    /// Publishes a change of people.
    func send(
        _ users: [DirectoryChanges.UserChange],
        in configuration: IdentityProviderConfiguration,
        epoch: Int64,
        sequence: Int64,
        snapshot: DirectorySnapshot? = nil
    ) async throws {
        let envelope = Envelope(
            type: DirectoryChanges.type,
            source: "test",
            tenant: configuration.tenant,
            identityProvider: configuration.id,
            position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: 1))
        )
        let message = DirectoryChanges(
            incarnation: Self.incarnation,
            snapshot: snapshot,
            generation: configuration.generation,
            userIDCase: configuration.connection?.userIDCase ?? .sensitive,
            sequence: sequence,
            users: users
        )
        _ = try await producer.send(OutgoingRecord(message, envelope: envelope, in: namespace))
    }

    /// A person as the writer tells of them.
    static func person(
        _ userID: String,
        in configuration: IdentityProviderConfiguration,
        kind: DirectoryChanges.Kind = .created,
        isEnabled: Bool = true,
        name: String = "张三"
    ) throws -> DirectoryChanges.UserChange {
        let key = (configuration.connection?.userIDCase ?? .sensitive).key(of: userID)
        return DirectoryChanges.UserChange(
            kind: kind,
            id: UserID(of: key, in: configuration.id, configuration.generation),
            externalID: userID,
            username: userID.lowercased(),
            displayName: name,
            email: "\(userID.lowercased())@example.com",
            isEnabled: isEnabled,
            departments: [1, 2]
        )
    }

    /// A verifier's enterprise with one person who may log on.
    func enterprise(_ userID: String = "ZhangSan") async throws -> IdentityProviderConfiguration {
        let configuration = try Self.identityProvider()
        try await publish(configuration)
        wecom.show(userID)
        try await change([Self.person(userID, in: configuration)], in: configuration, epoch: 1)
        return configuration
    }

    /// What `auth.events.v1` carries of a type.
    func events<Event: Message>(_ type: Event.Type, of id: IdentityProviderID) async throws -> [Event] {
        try await records(on: TopicCatalogue.authentication).map { try IncomingMessage($0) }
            .filter { $0.envelope.identityProvider == id && $0.envelope.type == Event.type }
            .map { try $0.decode(Event.self) }
    }

    /// All that a topic has.
    func records(on topic: Topic) async throws -> [Record] {
        let consumer = try BroadcastConsumer(
            topics: [namespace.name(of: topic)],
            from: .beginning,
            settings: Broker.settings,
            logger: Broker.quiet
        )
        var records: [Record] = []
        while true {
            records += try await consumer.next(upTo: 1_000, patience: .milliseconds(100))
            if try await consumer.isCaughtUp() { break }
        }
        try await consumer.close()
        return records
    }
}
