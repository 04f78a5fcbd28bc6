public import Logging

/// A PostgreSQL database, reached over a fixed number of connections.
///
/// Each call takes an idle connection, or waits in line for one, for half a minute at most. Cancelling the calling
/// task cancels the statement that runs for it, or takes it out of the line, and lets the caller go even if the
/// server swallows every packet. `within:` bounds a call as a whole; one that is in hand, or comes, while the program
/// is asked to stop has eight seconds.
public final class Database: Sendable {
    private let url: String
    private let schema: String?
    private let logger: Logger
    private let pool: Pool
    private let parting = Parting()

    /// How long a caller waits for a connection that others have.
    private static let patience = Duration.seconds(30)

    /// Connects nowhere yet: each connection is made when it is first needed.
    /// - Parameters:
    ///   - url: `postgresql://user:password@host:port/database?…`, as libpq reads it.
    ///   - schema: Where names without a schema are looked up, and there alone; as the server has it where there is
    ///     none. It need not be there yet.
    ///   - connections: How many sessions there may be at most.
    ///   - maximumWaiters: How many callers may wait for one; the next is refused with
    ///     ``PostgresError/Code/poolExhausted``.
    public init(
        url: String,
        schema: String? = nil,
        connections: Int,
        maximumWaiters: Int = 1_000,
        logger: Logger
    ) {
        precondition(connections > 0, "a database needs a connection")
        self.url = url
        self.schema = schema
        self.logger = logger
        pool = Pool(
            (0..<connections).map { [parting] _ in
                Connection(url: url, schema: schema, parting: parting, logger: logger)
            },
            maximumWaiters: maximumWaiters,
            parting: parting
        )
    }

    /// How many callers wait for a connection.
    public var waiting: Int { pool.waiting }

    /// Runs one statement and returns its rows.
    /// - Parameter limit: How long it may take, waiting for a connection included.
    /// - Throws: ``PostgresError``, `CancellationError`.
    @discardableResult
    public func run(_ statement: SQL, within limit: Duration? = nil) async throws -> [Row] {
        try await withConnection(within: limit) { try $0.run(statement) }
    }

    /// Runs statements in one round trip and one transaction.
    /// - Throws: ``PostgresError`` of the first statement that failed, after which none took effect; `CancellationError`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[Row]] {
        try await withConnection { try $0.pipeline(statements) }
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// `body` cannot suspend: what it needs from elsewhere is fetched before.
    /// - Parameter limit: How long it may take, waiting for a connection included.
    /// - Throws: What `body` threw, ``PostgresError``, `CancellationError`.
    @discardableResult
    public func transaction<Value: Sendable>(
        within limit: Duration? = nil,
        _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        try await withConnection(within: limit) { try $0.transaction(body) }
    }

    /// Runs `body` on one connection, without a transaction of its own.
    /// - Parameter limit: How long it may take, waiting for a connection included; without one, as long as it likes.
    /// - Throws: What `body` threw; ``PostgresError``, with ``PostgresError/Code/timedOut`` when it took too long;
    ///   `CancellationError`.
    @discardableResult
    public func withConnection<Value: Sendable>(
        within limit: Duration? = nil,
        _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        let start = ContinuousClock.now
        let connection = try await pool.acquire(within: min(limit ?? Self.patience, Self.patience))
        defer { pool.release(connection) }
        let rest = limit.map { $0 - start.duration(to: .now) }
        return try await connection.perform(within: rest) { connection in
            connection.dropIfLost()
            defer { connection.dropIfInTransaction() }
            return try body(connection)
        }
    }

    /// A further connection to the same database, outside the pool, for what outlives a transaction.
    public func makeConnection() -> Connection {
        Connection(url: url, schema: schema, parting: parting, logger: logger)
    }

    /// Turns away who waits and who comes, and returns when every connection is back and closed.
    public func close() async {
        await pool.close()
    }
}
