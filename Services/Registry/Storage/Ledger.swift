import Kafka
import Outbox
import Postgres

/// What every change goes through: one transaction, whose messages are on their way as soon as it is committed.
struct Ledger: Sendable {
    let database: Database
    let outbox: Outbox
    let relay: OutboxRelay
    let announcements: Announcements

    /// Commits what `body` does, or nothing of it.
    @discardableResult
    func change<Result: Sendable>(
        _ body: @Sendable (isolated Connection) throws -> Result
    ) async throws -> Result {
        let result = try await database.transaction(body)
        relay.nudge()
        return result
    }

    /// Puts messages into the transaction.
    func announce(_ records: [OutgoingRecord], on connection: isolated Connection) throws {
        try outbox.append(records, on: connection)
    }
}

/// A row that is not what this program writes: somebody else's hand, or a later version's.
struct StoredDataError: Error, CustomStringConvertible {
    /// What was expected.
    let what: String

    var description: String { "a stored value is not \(what)" }
}
