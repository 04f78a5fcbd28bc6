import Kafka
import Postgres

/// A record that waits.
struct Entry: Sendable {
    let id: Int64
    /// The record, or why it cannot be read.
    let content: Result<OutgoingRecord, Unreadable>

    /// A row that no program of ours has written.
    struct Unreadable: Error {
        let reason: String
    }

    var record: OutgoingRecord? { try? content.get() }
}

extension Outbox {
    private static let batchRecords = 500
    private static let batchBytes = 8 * 1024 * 1024

    /// The oldest entries, in order: at most 500, and not much more than 8 MB.
    func oldest(on connection: isolated Connection) throws -> [Entry] {
        var entries: [Entry] = []
        let statement: SQL = """
            select id, topic, key, headers::text, value from (
                select *, sum(size) over (order by id) as total from (
                    select *, coalesce(octet_length(value), 0) + octet_length(headers::text) as size
                    from \(table) order by id limit \(Self.batchRecords)
                ) as oldest
            ) as measured
            where total - size < \(Self.batchBytes) order by id
            """
        try connection.forEachRow(statement) { row in
            entries.append(Entry(id: try row.int64(0), content: try Self.read(row)))
        }
        return entries
    }

    private static func read(_ row: borrowing RowView) throws -> Result<OutgoingRecord, Entry.Unreadable> {
        let headers: [Header]
        do {
            headers = try StoredHeader.decode(try row.bytes(3))
        } catch {
            return .failure(Entry.Unreadable(reason: "its headers cannot be read"))
        }
        return .success(
            OutgoingRecord(
                topic: try row.string(1),
                key: row.isNull(2) ? nil : try row.string(2),
                value: row.isNull(4) ? nil : try row.bytes(4),
                headers: headers
            )
        )
    }
}

extension Lease {
    /// Forgets entries that the brokers have. By their ids, as a lower one may have been committed since.
    func delete(_ ids: [Int64], on connection: isolated Connection) throws {
        try connection.transaction { connection in
            try renew(on: connection)
            try connection.run("delete from \(outbox.table) where id = any(\(ids)::bigint[])")
        }
    }

    /// Sets an entry aside that the brokers, or we ourselves, can never take.
    func refuse(_ entry: Entry, because reason: String, on connection: isolated Connection) throws {
        try connection.transaction { connection in
            try renew(on: connection)
            try connection.run(
                """
                with gone as (delete from \(outbox.table) where id = \(entry.id) returning *)
                insert into \(outbox.refused) (id, topic, key, headers, value, created_at, reason)
                select id, topic, key, headers, value, created_at, \(reason) from gone
                """
            )
        }
    }
}
