import Executors
import Failures
public import Logging
import ServiceLifecycle

/// One connection to PostgreSQL.
///
/// The actor runs on a queue of its own, where libpq may block. None of its methods
/// suspends, so whoever holds the actor holds the connection: a transaction is simply a
/// closure that runs on it. It connects on first use, and again after the connection was lost;
/// the call that meets the loss throws a transient ``PostgresError``.
///
/// Most callers meet it inside ``Database/transaction(within:_:)``. One of its own is for what must not wait for
/// others. A lock of its session lives as long as a paused process or a half-open connection does: whoever needs to
/// be the only one for longer than a transaction takes a lease with an expiry.
public actor Connection {
    private let executor = BlockingExecutor(label: "postgres")
    private let url: String
    private let schema: String?
    private let logger: Logger
    private let parting: Parting
    private var session: Session?
    private var canceller: Canceller?
    private var isInTransaction = false
    /// Whether the transaction has yet to begin on the server: that travels with its first statement.
    private var isBeginDue = false
    /// What the transaction has yet to do on the server: that travels with its commit.
    private var lastStatements: [SQL] = []
    /// Whether something was to be run after the transaction's last statements: it does not commit then.
    private var isOverrun = false
    private var isBusy = false
    /// What is to be done once the transaction has committed.
    private var afterwards: [@Sendable () -> Void] = []

    /// The connection's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter url: `postgresql://user:password@host:port/database?…`, as libpq reads it.
    public init(url: String, logger: Logger) {
        self.init(url: url, schema: nil, parting: Parting(), logger: logger)
    }

    /// - Parameters:
    ///   - schema: Where names without a schema are looked up.
    ///   - parting: Shared by all that stop together.
    init(url: String, schema: String?, parting: Parting, logger: Logger) {
        self.url = url
        self.schema = schema
        self.parting = parting
        self.logger = logger
    }

    /// Runs one statement and returns its rows.
    /// - Throws: ``PostgresError``; `CancellationError` when the task that holds the connection was cancelled.
    @discardableResult
    public func run(_ statement: SQL) throws -> [Row] {
        guard isBeginDue else { return try withSession { try $0.run(statement) } }
        return try beginning([statement])[0]
    }

    /// Runs statements in one round trip; outside a transaction they are one of their own.
    ///
    /// The first statement that fails makes the whole pipeline fail.
    @discardableResult
    public func pipeline(_ statements: [SQL]) throws -> [[Row]] {
        guard isBeginDue, !statements.isEmpty else { return try withSession { try $0.pipeline(statements) } }
        return try beginning(statements)
    }

    /// Runs a script of any number of statements without parameters, such as a migration.
    public func execute(_ script: String) throws {
        try beginIfDue()
        try withSession { try $0.execute(script) }
    }

    /// Streams rows into a table, and returns how many went in.
    /// - Parameter statement: `copy <table> (<columns>) from stdin (format binary)`.
    @discardableResult
    public func copy(_ statement: String, _ rows: CopyRows) throws -> Int {
        try beginIfDue()
        return try withSession { try $0.copy(statement, rows) }
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
        try beginIfDue()
        return try withSession { try $0.copy(statement, items, append) }
    }

    /// Takes rows out of a table, as they can be streamed into one like it with ``copy(_:_:)``.
    /// - Parameter statement: `copy (select …) to stdout (format binary)`.
    public func copyOut(_ statement: String) throws -> CopyRows {
        try beginIfDue()
        return try withSession { try $0.copyOut(statement) }
    }

    /// Runs one statement and lends each of its rows to `body` as it arrives, so that a million of
    /// them cost neither memory nor strings.
    ///
    /// When `body` throws, the rest of the rows is dropped. `body` must not use the connection.
    public func forEachRow(_ statement: SQL, _ body: (borrowing RowView) throws -> Void) throws {
        try beginIfDue()
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
        // Connects, if need be, while that can still be done.
        _ = try usableSession()
        (isInTransaction, isBeginDue, isOverrun, afterwards) = (true, true, false, [])
        defer { (isInTransaction, isBeginDue, lastStatements, afterwards) = (false, false, [], []) }
        do {
            let value = try body(self)
            try commit()
            for action in afterwards { action() }
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// Has something done once the transaction has committed, such as counting what it did; whatever is undone is not
    /// counted. Where it is unknown whether it committed, nothing is done.
    ///
    /// - Parameter action: Outside a transaction it is done at once.
    public func afterCommit(_ action: @escaping @Sendable () -> Void) {
        if isInTransaction { afterwards.append(action) } else { action() }
    }

    /// Has the transaction end with these statements, which go to the server together with its commit: one round trip.
    ///
    /// What one of them fails with, the transaction throws, and nothing of it is done. Nobody sees their rows. Whatever
    /// is run after this call is refused, and the transaction with it, even if `body` swallows that: a savepoint cannot
    /// end with them, as its release comes after.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/noActiveTransaction`` outside a transaction, with
    ///   ``PostgresError/Code/transactionEnded`` after another such call.
    public func end(with statements: [SQL]) throws {
        guard isInTransaction else {
            throw PostgresError(.noActiveTransaction, "no transaction is open: call end(with:) within transaction(_:)")
        }
        try refuseIfEnded()
        lastStatements = statements
    }

    private func refuseIfEnded() throws {
        guard lastStatements.isEmpty else {
            isOverrun = true
            throw Self.overrun
        }
    }

    private static let overrun = PostgresError(
        .transactionEnded,
        "something came after the transaction's last statements: run it before end(with:), or give it to that call"
    )

    /// Runs `body` so that, when it throws, only what it did is undone and the transaction goes on.
    @discardableResult
    public func savepoint<Value: Sendable>(_ body: (isolated Connection) throws -> Value) throws -> Value {
        try savepoint(keepingIf: { _ in true }, body)
    }

    /// As ``savepoint(_:)``, and undoes what `body` did, too, where what it returned is not to be kept.
    public func savepoint<Value: Sendable>(
        keepingIf isKept: (Value) -> Bool,
        _ body: (isolated Connection) throws -> Value
    ) throws -> Value {
        try run("savepoint inner_work")
        let count = afterwards.count
        do {
            let value = try body(self)
            if !isKept(value) {
                afterwards.removeSubrange(count...)
                try run("rollback to savepoint inner_work")
            }
            try run("release savepoint inner_work")
            return value
        } catch {
            afterwards.removeSubrange(count...)
            try run("rollback to savepoint inner_work")
            try run("release savepoint inner_work")
            throw error
        }
    }

    /// Runs `body` to see what comes of it, and undoes what it did.
    @discardableResult
    public func trial<Value: Sendable>(_ body: (isolated Connection) throws -> Value) throws -> Value {
        try savepoint(keepingIf: { _ in false }, body)
    }

    private func beginIfDue() throws {
        if isBeginDue { _ = try beginning([]) }
    }

    /// Begins the transaction and runs its first statements in one round trip.
    private func beginning(_ statements: [SQL]) throws -> [[Row]] {
        try withSession { session in
            // What could not even be sent has begun nothing.
            defer { isBeginDue = session.isUsable && !session.isInTransaction }
            return Array(try session.pipeline(["begin"] + statements).dropFirst())
        }
    }

    private func commit() throws {
        guard !isOverrun else { throw Self.overrun }
        // A session that was lost before cannot have committed.
        guard !isBeginDue || !lastStatements.isEmpty else { return }
        guard try !usableSession().hasFailedTransaction else {
            throw PostgresError(
                .inFailedTransaction,
                "a statement of the transaction had failed, so it was rolled back instead of committed"
            )
        }
        do {
            let last = lastStatements
            lastStatements = []
            if last.isEmpty { try run("commit") } else { try pipeline(last + ["commit"]) }
        } catch let error as PostgresError where session == nil && error.failureClass == .transient && isInTransaction {
            throw PostgresError(.commitUnknown, "the connection was lost while committing: \(error.message)")
        }
    }

    /// Undoes what is open, by ending the session if need be.
    private func rollBack() {
        guard let session, session.isUsable, session.isInTransaction else { return }
        do {
            let (result, wasAsked) = try interruptibly(session.handle) { try session.execute("rollback") }
            if wasAsked { drop() }
            try result.get()
        } catch {
            drop()
        }
    }
}

extension Connection {
    /// Runs `body` on the connection; cancelling the task cancels the statement that runs.
    ///
    /// The caller is let go two seconds after its time is over or it was cancelled, even if the server does not
    /// answer at all. In a program that was asked to stop, it has eight seconds.
    /// - Parameter limit: How long it may take; without one, as long as it likes.
    /// - Throws: What `body` threw; ``PostgresError`` with ``PostgresError/Code/timedOut`` when it took too long;
    ///   `CancellationError`.
    @discardableResult
    public nonisolated func perform<Value: Sendable>(
        within limit: Duration? = nil,
        _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        let canceller = Canceller()
        if let limit { canceller.interrupt(after: limit) }
        return try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await hold(with: canceller, body)
            } onGracefulShutdown: { [parting] in
                canceller.interrupt(after: parting.limit)
            }
        } onCancel: {
            canceller.interrupt(CancellationError())
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
        try refuseIfEnded()
        let session = try usableSession()
        isBusy = true
        defer { isBusy = false }
        let (result, wasAsked) = try interruptibly(session.handle) { try operation(session) }
        if wasAsked || !session.isUsable { drop() }
        if case .failure = result, let reason = canceller?.interruption { throw reason }
        return try result.get()
    }

    /// Runs what blocks, so that the caller's interruption ends it.
    /// - Returns: What came of it, and whether the server was asked to cancel.
    private func interruptibly<Value>(
        _ target: any Interruptible,
        _ operation: () throws -> Value
    ) throws -> (Result<Value, any Error>, wasAsked: Bool) {
        try canceller?.enter(target)
        let result = Result { try operation() }
        return (result, canceller?.leave() ?? false)
    }

    private func usableSession() throws -> Session {
        if let session, session.isUsable { return session }
        drop()
        if let reason = canceller?.interruption { throw reason }
        guard !isInTransaction else {
            throw PostgresError(.connectionFailure, "the connection was lost in the middle of the transaction")
        }
        let session = try makeSession()
        self.session = session
        return session
    }

    private func makeSession() throws -> Session {
        let attempt = ConnectionAttempt(url)
        let (made, _) = try interruptibly(attempt) { Session(try attempt.make(), logger: logger) }
        if case .failure = made, let reason = canceller?.interruption { throw reason }
        let session = try made.get()
        let (ready, _) = try interruptibly(session.handle) { try session.setUp(schema: schema) }
        if let reason = canceller?.interruption { throw reason }
        try ready.get()
        return session
    }

    private func drop() {
        guard session != nil else { return }
        session = nil
        logger.debug("gave up a session with PostgreSQL")
    }
}
