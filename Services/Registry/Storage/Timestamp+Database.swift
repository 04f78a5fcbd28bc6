import Messages
import Postgres

extension Timestamp {
    /// What the database's clock says: the one clock of all registries. What is due, late or silenced goes by it alone.
    static func ofDatabase(on connection: isolated Connection) throws -> Timestamp {
        let rows = try connection.run("select \(time: "clock_timestamp()")")
        guard let row = rows.first else { throw StoredDataError(what: "a time") }
        return try row.decode(Timestamp.self)
    }
}
