public import Kafka
public import Postgres

/// Records that are written in a transaction and published after it, so that a change and what is
/// told of it cannot come apart.
///
/// They wait in `<schema>.outbox`, from which an ``OutboxRelay`` takes them to Kafka: at least once,
/// and for each key in the order of the transactions.
public struct Outbox: Sendable {
    /// The schema that the table is in.
    public let schema: String

    /// The outbox of a schema, whose migrations include ``migrationSQL(schema:)``.
    public init(schema: String) {
        self.schema = schema
    }

    /// Creates the table; for a migration of the service that owns the schema.
    public static func migrationSQL(schema: String) -> String {
        """
        create table "\(schema.replacing("\"", with: "\"\""))".outbox (
            id bigint generated always as identity primary key,
            topic text not null,
            key text,
            headers jsonb not null,
            value bytea,
            created_at timestamptz not null default now()
        ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
        """
    }

    /// Lets records wait for others, and keeps large values as they are: they stay for a moment only, and the
    /// brokers' clients compress them anyway. Comes after ``migrationSQL(schema:)``.
    public static func batchingMigrationSQL(schema: String) -> String {
        """
        alter table "\(schema.replacing("\"", with: "\"\""))".outbox
            alter column value set storage external,
            add column can_wait boolean not null default false
        """
    }

    /// How long records wait at most that can wait.
    private static let patience = Duration.seconds(5)

    /// Writes the records in the connection's transaction, in their order.
    ///
    /// Until the transaction ends, others that append records of the same keys wait, so that the order of
    /// the ids is the order of the commits. Append as late in the transaction as may be.
    ///
    /// - Parameter canWait: Whether they may wait for others, 5 s at most, as publishing many at once is cheaper.
    ///   They do not hold up others: what cannot wait takes them along.
    /// - Throws: ``PostgresError``.
    public func append(
        _ records: [OutgoingRecord],
        canWait: Bool = false,
        on connection: isolated Connection
    ) throws {
        guard !records.isEmpty else { return }
        let keys = Set(records.compactMap { record in record.key.map { "\(record.topic)/\($0)" } })
        if !keys.isEmpty { try lock(keys, on: connection) }
        try connection.copy(
            "copy \(table.text) (topic, key, headers, value, can_wait) from stdin (format binary)",
            records
        ) { rows, record in
            rows.beginRow(columns: 5)
            rows.append(record.topic)
            rows.append(record.key)
            rows.append(jsonb: try StoredHeader.encode(record.headers))
            rows.append(bytes: record.value)
            rows.append(canWait)
        }
    }

    /// The order of the locks is everybody's, so that two transactions do not wait for each other.
    private func lock(_ keys: Set<String>, on connection: isolated Connection) throws {
        try connection.run(
            """
            select pg_advisory_xact_lock(lock) from (
                select distinct hashtextextended(\(schema) || ' outbox ' || key, 0) as lock
                from unnest(\(Array(keys))::text[]) as key
                order by lock
            ) as locks
            """
        )
    }
}

extension Outbox {
    /// A record that waits.
    struct Entry: Sendable {
        let id: Int64
        let record: OutgoingRecord
    }

    private static let batchRecords = 500
    private static let batchBytes = 8 * 1024 * 1024

    var table: SQL { "\(identifier: schema, "outbox")" }

    /// Whether this session is the one that publishes; once it is, it stays so until it ends.
    func claim(on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run("select pg_try_advisory_lock(hashtextextended(\(schema) || ' outbox relay', 0))")
        return try rows.decode(Bool.self) == [true]
    }

    /// Whether something is to be published now: something that cannot wait, or has waited long enough.
    func isDue(on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            """
            select exists (
                select from \(table)
                where not can_wait or created_at < now() - make_interval(secs => \(Self.patience / .seconds(1)))
            )
            """
        )
        return try rows.decode(Bool.self) == [true]
    }

    /// The oldest entries, in order: at most 500, and not much more than 8 MB.
    func oldest(on connection: isolated Connection) throws -> [Entry] {
        var entries: [Entry] = []
        let statement: SQL = """
            select id, topic, key, headers::text, value from (
                select *, sum(coalesce(octet_length(value), 0)) over (order by id) as total
                from (select * from \(table) order by id limit \(Self.batchRecords)) as oldest
            ) as measured
            where total - coalesce(octet_length(value), 0) < \(Self.batchBytes) order by id
            """
        try connection.forEachRow(statement) { row in
            let record = OutgoingRecord(
                topic: try row.string(1),
                key: row.isNull(2) ? nil : try row.string(2),
                value: row.isNull(4) ? nil : try row.bytes(4),
                headers: try StoredHeader.decode(try row.bytes(3))
            )
            entries.append(Entry(id: try row.int64(0), record: record))
        }
        return entries
    }

    /// Forgets entries that the brokers have. By their ids, as a lower one may have been committed since.
    func delete(_ entries: [Entry], on connection: isolated Connection) throws {
        try connection.run("delete from \(table) where id = any(\(entries.map(\.id))::bigint[])")
    }
}
