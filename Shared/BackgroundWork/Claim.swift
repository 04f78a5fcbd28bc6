public import Postgres

/// A row that somebody works on, and that nobody else gets meanwhile.
public struct Claim<Item: Sendable>: Sendable {
    /// What the row says.
    public let item: Item
    /// How often it was tried, this time included.
    public var attempts: Int { ticket.attempts }
    let ticket: Ticket
    let table: QueueTable

    /// Says that the work is done in the transaction that did it, so that it is done once.
    ///
    /// Work that ends nowhere near the database need not: its row is finished afterwards.
    /// - Throws: ``ClaimLost`` when somebody else has it by now; the transaction has to fail then. `PostgresError`.
    public func finish(on connection: isolated Connection) throws {
        if try connection.run(table.finish(ticket)).isEmpty { throw ClaimLost() }
    }

    /// Says in the transaction that did the work that it is done for now and when the row's turn comes again, as if it
    /// had not been tried before.
    ///
    /// - Throws: As ``finish(on:)``.
    public func rest(for delay: Duration, on connection: isolated Connection) throws {
        if try connection.run(table.rest(ticket, for: delay)).isEmpty { throw ClaimLost() }
    }
}

/// The work took longer than the lease, and somebody else does it now.
public struct ClaimLost: Error, CustomStringConvertible {
    init() {}

    /// What happened.
    public var description: String { "another instance has taken over the row" }
}
