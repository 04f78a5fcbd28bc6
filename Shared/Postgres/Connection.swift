import Executors
public import Logging

/// One connection to PostgreSQL.
///
/// The actor runs on a queue of its own, where libpq may block. None of its methods
/// suspends, so whoever holds the actor holds the connection: a transaction is simply a
/// closure that runs on it. It connects on first use, and again after the connection was lost;
/// the call that meets the loss throws a retriable ``PostgresError``.
///
/// Most callers meet it inside ``Database/transaction(_:)``. One of its own is for what outlives a
/// transaction, such as a session's advisory lock.
public actor Connection {
    private let executor = BlockingExecutor(label: "postgres")
    private let url: String
    private let logger: Logger
    private var session: Session?
    private var canceller: Canceller?
    private var isInTransaction = false
    private var isBusy = false

    /// The connection's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter url: `postgresql://user:password@host:port/database?…`, as libpq reads it.
    public init(url: String, logger: Logger) {
        self.url = url
        self.logger = logger
    }

    /// Runs one statement and returns its rows.
    /// - Throws: ``PostgresError``; `CancellationError` when the task that holds the connection was cancelled.
    @discardableResult
    public func run(_ statement: SQL) throws -> [Row] {
        try withSession { try $0.run(statement) }
    }

    /// Runs statements in one round trip; outside a transaction they are one of their own.
    ///
    /// The first statement that fails makes the whole pipeline fail.
    @discardableResult
    public func pipeline(_ statements: [SQL]) throws -> [[Row]] {
        try withSession { try $0.pipeline(statements) }
    }

    /// Runs a script of any number of statements without parameters, such as a migration.
    public func execute(_ script: String) throws {
        try withSession { try $0.execute(script) }
    }

    /// Streams rows into a table, and returns how many went in.
    /// - Parameter statement: `copy <table> (<columns>) from stdin (format binary)`.
    @discardableResult
    public func copy(_ statement: String, _ rows: CopyRows) throws -> Int {
        try withSession { try $0.copy(statement, rows) }
    }

    /// Streams rows into a table as they are made, and returns how many went in: the server takes in the first ones
    /// while the next ones are made.
    ///
    /// When `append` throws, no row goes in, and the transaction that this was part of has failed.
    /// - Parameters:
    ///   - statement: `copy <table> (<columns>) from stdin (format binary)`.
    ///   - append: Appends the rows of an item, if it has any. It must not use the connection.
    @discardableResult
    public func copy<Item>(
        _ statement: String,
        _ items: some Sequence<Item>,
        _ append: (inout CopyRows, Item) throws -> Void
    ) throws -> Int {
        try withSession { try $0.copy(statement, items, append) }
    }

    /// Takes rows out of a table, as they can be streamed into one like it with ``copy(_:_:)``.
    /// - Parameter statement: `copy (select …) to stdout (format binary)`.
    public func copyOut(_ statement: String) throws -> CopyRows {
        try withSession { try $0.copyOut(statement) }
    }

    /// Runs one statement and lends each of its rows to `body` as it arrives, so that a million of
    /// them cost neither memory nor strings.
    ///
    /// When `body` throws, the rest of the rows is dropped. `body` must not use the connection.
    public func forEachRow(_ statement: SQL, _ body: (borrowing RowView) throws -> Void) throws {
        try withSession { try $0.forEachRow(statement, body) }
    }

    /// Ends the session; the next use begins another one.
    public func close() {
        session = nil
    }
}

extension Connection {
    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// `body` cannot suspend, so no other work gets into the transaction and none is held
    /// open across a call to elsewhere. When the connection is lost in the middle, every further
    /// statement fails, and so does the transaction.
    /// - Throws: What `body` threw, or ``PostgresError``: with ``PostgresError/Code/inFailedTransaction`` when
    ///   `body` swallowed the error of a statement, after which PostgreSQL cannot commit; with
    ///   ``PostgresError/Code/commitUnknown`` when the connection was lost while committing.
    @discardableResult
    public func transaction<Value: Sendable>(_ body: (isolated Connection) throws -> Value) throws -> Value {
        guard !isInTransaction else {
            throw PostgresError(.activeTransaction, "a transaction is open already: use savepoint(_:)")
        }
        try run("begin")
        isInTransaction = true
        defer { isInTransaction = false }
        do {
            let value = try body(self)
            try commit()
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` so that, when it throws, only what it did is undone and the transaction goes on.
    @discardableResult
    public func savepoint<Value: Sendable>(_ body: (isolated Connection) throws -> Value) throws -> Value {
        try run("savepoint inner_work")
        do {
            let value = try body(self)
            try run("release savepoint inner_work")
            return value
        } catch {
            try run("rollback to savepoint inner_work")
            try run("release savepoint inner_work")
            throw error
        }
    }

    private func commit() throws {
        // A session that was lost before cannot have committed.
        guard try !usableSession().hasFailedTransaction else {
            throw PostgresError(
                .inFailedTransaction,
                "a statement of the transaction had failed, so it was rolled back instead of committed"
            )
        }
        do {
            try run("commit")
        } catch let error as PostgresError where session == nil && error.isRetriable && isInTransaction {
            throw PostgresError(.commitUnknown, "the connection was lost while committing: \(error.message)")
        }
    }

    /// Undoes what is open, by ending the session if need be.
    private func rollBack() {
        guard let session, session.isUsable, session.isInTransaction else { return }
        do { try session.execute("rollback") } catch { drop() }
    }
}

extension Connection {
    /// Runs `body` on the connection; cancelling the task cancels the statement that runs.
    @discardableResult
    public nonisolated func perform<Value: Sendable>(
        _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        let canceller = Canceller()
        return try await withTaskCancellationHandler {
            try await hold(with: canceller, body)
        } onCancel: {
            canceller.cancel()
        }
    }

    /// Ends the session if its server went away while nobody used it, so that the caller begins with a good one.
    func dropIfLost() {
        if let session, !session.isAliveWhenIdle() { drop() }
    }

    /// Ends the session if the caller left a transaction open on it.
    func dropIfInTransaction() {
        if let session, session.isInTransaction { drop() }
    }

    private func hold<Value: Sendable>(
        with canceller: Canceller,
        _ body: @Sendable (isolated Connection) throws -> Value
    ) throws -> Value {
        self.canceller = canceller
        defer { self.canceller = nil }
        return try body(self)
    }

    /// Runs one operation of libpq's, and gives the session up when it does not come out of it whole.
    private func withSession<Value>(_ operation: (Session) throws -> Value) throws -> Value {
        precondition(!isBusy, "the connection is used from within forEachRow or copy")
        let session = try usableSession()
        try canceller?.enter(session.cancellation)
        isBusy = true
        let result = Result { try operation(session) }
        isBusy = false
        let wasCancelled = canceller?.leave() ?? false
        if wasCancelled || !session.isUsable { drop() }
        if case .failure = result, canceller?.isCancelled == true { throw CancellationError() }
        return try result.get()
    }

    private func usableSession() throws -> Session {
        if let session, session.isUsable { return session }
        drop()
        if canceller?.isCancelled == true { throw CancellationError() }
        guard !isInTransaction else {
            throw PostgresError(.connectionFailure, "the connection was lost in the middle of the transaction")
        }
        let session = try Session(url, logger: logger)
        self.session = session
        return session
    }

    private func drop() {
        guard session != nil else { return }
        session = nil
        logger.debug("gave up a session with PostgreSQL")
    }
}
