import Messages
import Postgres

extension ClientStore {
    private static let batch = 100

    /// Tells every client again, deleted ones too: that heals a topic that was lost, and changes nothing else.
    ///
    /// A batch is a transaction, and a row is locked while it is told, so that no older state comes after a newer one.
    ///
    /// - Returns: How many were told.
    func republish() async throws -> Int {
        var (count, last) = (0, ClientID?.none)
        repeat {
            let after = last
            let told = try await ledger.change { connection in
                let rows = try connection.run(
                    """
                    select \(Client.columns) from registry.clients
                    where \(after)::uuid is null or id > \(after)::uuid order by id limit \(Self.batch) for share
                    """
                )
                let clients = readable(rows)
                try ledger.announce(
                    clients.map { try ledger.announcements.client($0.configuration) },
                    on: connection
                )
                return (count: clients.count, last: try rows.last.map(Client.id))
            }
            count += told.count
            last = told.last
        } while last != nil
        return count
    }
}
