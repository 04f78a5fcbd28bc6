public import Kafka
public import Messages
public import Postgres

/// What a service rebuilds from a topic: tables beside those in use, how both are compared, and how the one takes the
/// place of the other.
public protocol RebuildSubject: Sendable {
    /// The tables beside those in use.
    associatedtype Tables: RebuiltTables
    /// How the rebuilt rows of an identity provider differ from those in use.
    associatedtype Comparison: Codable & Equatable & Sendable

    /// What logs and metrics call it: `directory`.
    var name: String { get }
    /// Whose migrations include ``RebuildSchema/migrationSQL(prefix:)``.
    var schema: String { get }
    /// Connections to what is in use, and to what is kept about rebuilds.
    var database: Database { get }
    /// What is read from its beginning.
    var topic: Topic { get }
    /// What it says to whoever asks.
    var sentences: RebuildSentences { get }

    /// Makes the tables beside, where migrations of what is in use have not.
    ///
    /// - Throws: What keeps them from being made; that is an attempt that failed.
    func makeTables() async throws

    /// Empties the tables beside, as far as they are there.
    ///
    /// - Throws: `PostgresError`.
    func emptyTables(on connection: isolated Connection) throws

    /// The tables beside, empty, into which an attempt reads the topic.
    func tables(for attempt: RebuildAttempt) -> Tables

    /// The identity providers that are in use, and those that the topic has told of.
    ///
    /// - Throws: `PostgresError`.
    func identityProviders(on connection: isolated Connection) throws -> Set<IdentityProviderID>

    /// Compares what was rebuilt of an identity provider with what is in use, and puts it in its place where the attempt
    /// switches, in the transaction of the connection.
    ///
    /// - Returns: `nil` while the one is not where the other is.
    /// - Throws: `PostgresError`.
    func settle(
        _ id: IdentityProviderID,
        from tables: Tables,
        for attempt: RebuildAttempt,
        on connection: isolated Connection
    ) throws -> RebuildSettlement<Comparison>?

    /// What is said of an identity provider of which no moment was found at which the one is where the other is.
    func refusal(of id: IdentityProviderID) -> RebuildResult<Comparison>
}

extension RebuildSubject {
    /// Migrations of what is in use have made them.
    public func makeTables() async throws {}
}

/// Tables beside those in use, as they are filled from a topic.
public protocol RebuiltTables: Sendable {
    /// Takes records in their order.
    ///
    /// - Throws: `PostgresError`; ``RebuildAttempt/Overtaken``.
    mutating func take(_ records: [Record]) async throws
}
