import Foundation
import Kafka
import KafkaTesting
import Messages
import Outbox
import Pipeline
import Postgres
import PostgresTesting

@testable import Verifier

/// A projection on a database of its own, and the changes of one identity provider to feed it with.
struct ProjectionBench: Sendable {
    let projection: PrincipalProjection
    let database: Database
    let configuration: IdentityProviderConfiguration

    static func run(
        _ configuration: IdentityProviderConfiguration,
        _ body: (ProjectionBench) async throws -> Void
    ) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all, partitions: 2).run(on: database)
            let events = AuthenticationEvents(
                outbox: Outbox(schema: Migrations.schema),
                namespace: .none,
                source: "test",
                nudge: {}
            )
            let projection = PrincipalProjection(
                database: database,
                sessions: SessionStore(database: database, events: events),
                logger: Broker.quiet
            )
            try await body(ProjectionBench(projection: projection, database: database, configuration: configuration))
        }
    }

    /// Handles records as one batch.
    func handle(_ records: [Record]) async throws {
        _ = try await projection.handle(Self.batch(records))
    }

    static func batch(_ records: [Record]) -> PartitionBatch {
        PartitionBatch(partition: TopicPartition(topic: "directory.changes.v1", partition: 0), records: records)
    }

    /// The people's keys and names, in order; who is disabled has a minus.
    func people() async throws -> [String] {
        try await database.run(
            """
            select case when enabled then '' else '-' end || directory_key || ' ' || name
            from verifier.principals where idp_id = \(configuration.id.uuid) order by directory_key
            """
        )
        .map { row -> String in try row.decode(String.self) }
    }

    /// All that the projection keeps, in order, but the span that wrote a row, which is another one each time.
    func dump() async throws -> [String] {
        try await database.run(
            """
            select * from (
                select (to_jsonb(principals) - 'traceparent')::text as line from verifier.principals
                union all select projection::text from verifier.projection
                union all select incarnations::text from verifier.incarnations
            ) as lines order by line
            """
        )
        .map { row -> String in try row.decode(String.self) }
    }

    /// What is missing, if something is.
    func gap() async throws -> String? {
        let rows = try await database.run(
            "select gap from verifier.projection where idp_id = \(configuration.id.uuid)"
        )
        return try rows.first?.decode(String?.self) ?? nil
    }

    /// A live session of somebody.
    func logOn(_ userID: String) async throws {
        let person = try Bench.person(userID, in: configuration)
        try await database.run(
            """
            insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
            values (\(userID), \(configuration.id.uuid), \(person.id.uuid), \(configuration.tenant.uuid), 'sase',
                'openid', now() + interval '1 day')
            """
        )
    }

    /// Whose sessions are live.
    func liveSessions() async throws -> [String] {
        try await database.run("select id from verifier.sessions where ended_at is null order by id")
            .map { row -> String in try row.decode(String.self) }
    }
}

/// One message, as the tests write it.
struct TestChange {
    var epoch: Int64
    var sequence: Int64
    var users: [DirectoryChanges.UserChange]
    var incarnation = Bench.incarnation
    var snapshot: DirectorySnapshot?
    var generation = Generation.first
    var userIDCase = UserIDCase.insensitive

    /// The message as the stage reads it.
    func record(
        _ configuration: IdentityProviderConfiguration,
        offset: Int64 = 0,
        value: [UInt8]? = nil
    ) throws -> Record {
        let envelope = Envelope(
            type: DirectoryChanges.type,
            source: "test",
            tenant: configuration.tenant,
            identityProvider: configuration.id,
            position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: 1))
        )
        let outgoing = try OutgoingRecord(message, envelope: envelope, in: .none)
        return Record(
            position: Position(topic: outgoing.topic, partition: 0, offset: offset),
            key: outgoing.key.map { Array($0.utf8) },
            value: value ?? outgoing.value,
            headers: outgoing.headers
        )
    }

    var message: DirectoryChanges {
        DirectoryChanges(
            incarnation: incarnation,
            snapshot: snapshot,
            generation: generation,
            userIDCase: userIDCase,
            sequence: sequence,
            users: users
        )
    }
}
