import Failures
import Kafka
import Logging
import Messages
import Metrics
import Outbox
import Postgres

/// What every change goes through: one transaction, whose messages are on their way as soon as it is committed.
struct Ledger: Sendable {
    let database: Database
    let outbox: Outbox
    let relay: OutboxRelay
    let announcements: Announcements
    let logger: Logger

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

    /// The identity providers that can be read: one that cannot must not keep the others waiting.
    func readable(_ rows: [Row]) -> [IdentityProvider] {
        rows.compactMap { row in
            do {
                return try IdentityProvider(row)
            } catch {
                Counter(label: "registry.rows.unreadable").increment()
                let id = IdentityProvider.id(of: row)?.description ?? "unknown"
                logger.error("a configuration cannot be read", metadata: ["idp": "\(id)", "error": "\(error)"])
                return nil
            }
        }
    }
}

/// A row that is not what this program writes: somebody else's hand, or a later version's.
struct StoredDataError: ClassifiedFailure, CustomStringConvertible {
    /// What was expected.
    let what: String

    /// The row stays as it is.
    var failureClass: FailureClass { .permanent }

    var description: String { "a stored value is not \(what)" }
}
