public import Kafka
public import Postgres

/// Records that are written in a transaction and published after it, so that a change and what is
/// told of it cannot come apart.
///
/// They wait in `<schema>.outbox`, from which an ``OutboxRelay`` takes them to Kafka: at least once,
/// and for each key in the order of the transactions. What the brokers refuse for good is moved to
/// `<schema>.outbox_refused`, and those after it go on.
///
/// A stage whose handler keeps its own position appends dead letters here in the transaction that passes over the
/// records, like any other record.
public struct Outbox: Sendable {
    /// How large a record may be by default, in bytes of key, value, headers and what frames them: what the brokers
    /// and their clients take unless they are told otherwise.
    public static let largestRecord = 1_000_000

    /// The schema that the tables are in.
    public let schema: String
    private let largestRecord: Int

    /// The outbox of a schema, whose migrations include ``migrationSQL(schema:)``.
    ///
    /// - Parameter largestRecord: How large a record may be, in bytes, as ``size(of:)`` counts.
    public init(schema: String, largestRecord: Int = Self.largestRecord) {
        self.schema = schema
        self.largestRecord = largestRecord
    }

    /// How long records wait at most that can wait.
    private static let patience = Duration.seconds(5)

    /// How large a record is on its way, in bytes: key, value, headers, and at most so much for what frames them.
    public static func size(of record: OutgoingRecord) -> Int {
        let headers = record.headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) + 20 }
        return (record.key?.utf8.count ?? 0) + (record.value?.count ?? 0) + headers + 100
    }

    /// Writes the records in the connection's transaction, in their order.
    ///
    /// Until the transaction ends, others that append records of the same keys wait, so that the order of
    /// the ids is the order of the commits. Append as late in the transaction as may be.
    ///
    /// - Parameter canWait: Whether they may wait for others, 5 s at most, as publishing many at once is cheaper.
    ///   They do not hold up others: what cannot wait takes them along.
    /// - Throws: ``RecordTooLarge`` for one that the brokers would not take, and none is written then;
    ///   ``PostgresError``.
    public func append(
        _ records: [OutgoingRecord],
        canWait: Bool = false,
        on connection: isolated Connection
    ) throws {
        guard !records.isEmpty else { return }
        for record in records { try check(record) }
        let keys = Set(records.compactMap(Self.lockName))
        if !keys.isEmpty { try connection.run(lock(keys)) }
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

    /// The statements that write one record as ``append(_:canWait:on:)`` does, for a pipeline at the end of a
    /// transaction.
    ///
    /// - Throws: ``RecordTooLarge`` for one that the brokers would not take.
    public func appending(_ record: OutgoingRecord) throws -> [SQL] {
        try check(record)
        let headers = String(decoding: try StoredHeader.encode(record.headers), as: UTF8.self)
        let insertion: SQL = """
            insert into \(table) (topic, key, headers, value)
            values (\(record.topic), \(record.key), \(headers)::jsonb, \(record.value))
            """
        return Self.lockName(record).map { [lock([$0]), insertion] } ?? [insertion]
    }

    private func check(_ record: OutgoingRecord) throws {
        let size = Self.size(of: record)
        guard size > largestRecord else { return }
        throw RecordTooLarge(topic: record.topic, key: record.key, size: size, limit: largestRecord)
    }

    private static func lockName(_ record: OutgoingRecord) -> String? {
        record.key.map { "\(record.topic)/\($0)" }
    }

    /// The order of the locks is everybody's, so that two transactions do not wait for each other.
    private func lock(_ keys: Set<String>) -> SQL {
        """
        select pg_advisory_xact_lock(lock) from (
            select distinct hashtextextended(\(schema) || ' outbox ' || key, 0) as lock
            from unnest(\(Array(keys))::text[]) as key
            order by lock
        ) as locks
        """
    }
}

extension Outbox {
    /// Creates the tables; for a migration of the service that owns the schema.
    ///
    /// Large values are kept as they are: they stay for a moment only, and the brokers' clients compress them anyway.
    public static func migrationSQL(schema: String) -> String {
        let schema = "\"\(schema.replacing("\"", with: "\"\""))\""
        return """
            create table \(schema).outbox (
                id bigint generated always as identity primary key,
                topic text not null,
                key text,
                headers jsonb not null,
                value bytea,
                can_wait boolean not null default false,
                created_at timestamptz not null default now()
            ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
            alter table \(schema).outbox alter column value set storage external;
            create table \(schema).outbox_refused (
                id bigint primary key,
                topic text not null,
                key text,
                headers jsonb not null,
                value bytea,
                created_at timestamptz not null,
                refused_at timestamptz not null default now(),
                reason text not null
            );
            create table \(schema).outbox_relay (
                is_only boolean primary key default true check (is_only),
                outbox uuid not null default gen_random_uuid(),
                owner text,
                fence bigint not null default 0,
                expires_at timestamptz not null default '-infinity'
            );
            insert into \(schema).outbox_relay default values;
            """
    }

    /// The records that wait.
    var table: SQL { "\(identifier: schema, "outbox")" }

    /// What the brokers refused for good.
    var refused: SQL { "\(identifier: schema, "outbox_refused")" }

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
}
