import CPostgres
import Glibc
import Logging

/// Sole owner of one `PGconn`. Every call blocks until the server has answered.
///
/// Not `Sendable`: libpq lets one thread at a time into a connection, and ``Connection``,
/// the actor that owns the session, is what keeps to that.
final class Session {
    let pointer: OpaquePointer
    /// What other threads may do to it.
    let handle: SessionHandle
    private let notices: NoticeLog
    private var prepared = PreparedStatements()

    /// Takes over a connection that was just made.
    init(_ connection: OpaquePointer, logger: Logger) {
        pointer = connection
        handle = SessionHandle(connection)
        notices = NoticeLog(logger)
        PQsetNoticeProcessor(connection, logNotice, Unmanaged.passUnretained(notices).toOpaque())
    }

    deinit { PQfinish(pointer) }

    /// Sets what every session of ours starts from, where neither URL nor server say something of their own.
    ///
    /// Plans that are made once would be kept while a table grows from empty to huge. A process that stands still
    /// in the middle of a transaction must not keep others from what it has locked, nor a lock keep its caller.
    /// - Parameter schema: Where names without a schema are looked up; as the server has it where there is none.
    func setUp(schema: String?) throws {
        try execute(
            """
            set client_encoding = 'UTF8'; set bytea_output = 'hex'; set plan_cache_mode = force_custom_plan;
            select set_config('lock_timeout', '30s', false) where current_setting('lock_timeout') = '0';
            select set_config('idle_in_transaction_session_timeout', '30s', false)
            where current_setting('idle_in_transaction_session_timeout') = '0'
            """
        )
        guard let schema else { return }
        try execute("set search_path = \"\(schema.replacing("\"", with: "\"\""))\"")
    }

    /// Whether the next statement can be sent: the connection stands and nothing is half done on it.
    var isUsable: Bool {
        guard PQstatus(pointer) == CONNECTION_OK, PQpipelineStatus(pointer) == PQ_PIPELINE_OFF else { return false }
        return PQtransactionStatus(pointer) != PQTRANS_ACTIVE
    }

    var isInTransaction: Bool { PQtransactionStatus(pointer) != PQTRANS_IDLE }

    var hasFailedTransaction: Bool { PQtransactionStatus(pointer) == PQTRANS_INERROR }

    /// Whether an idle session still has its server: reads what the server may have said in the meantime.
    func isAliveWhenIdle() -> Bool {
        var descriptor = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
        var attempts = 0
        while isUsable, attempts < 8, poll(&descriptor, 1, 0) > 0 {
            attempts += 1
            guard PQconsumeInput(pointer) == 1 else { return false }
            while let extra = PQgetResult(pointer) { PQclear(extra) }
        }
        return isUsable
    }

    /// Runs one statement and returns its rows; prepares it when it comes a second time.
    func run(_ statement: SQL) throws -> [Row] {
        let text = try Self.checked(statement.text)
        let arguments = try Arguments(statement.parameters)
        var answer = try run(text, arguments)
        if answer.isStalePlan {
            prepared.forget(text)
            if !isInTransaction { answer = try run(text, arguments) }
        }
        return try answer.rows(of: pointer)
    }

    /// Runs a script of any number of statements.
    func execute(_ script: String) throws {
        guard !script.utf8.contains(0) else { throw PostgresError(.invalidText, #"the script holds a \0"#) }
        try Answer(PQexec(pointer, script)).check(pointer)
    }

    /// Sends one statement, prepared if it is known, and leaves reading the answer to the caller.
    func send(_ text: String, _ arguments: Arguments, binary: Bool = false) throws {
        let format: Int32 = binary ? 1 : 0
        let name = prepared.known(text)
        let sent = arguments.withPointers { count, values, lengths, formats in
            if let name { return PQsendQueryPrepared(pointer, name, count, values, lengths, formats, format) }
            return PQsendQueryParams(pointer, text, count, nil, values, lengths, formats, format)
        }
        guard sent == 1 else { throw Answer.lost(pointer) }
    }

    /// Has a statement prepared that comes again, ahead of it in a pipeline.
    ///
    /// - Returns: Whether that was sent.
    func sendPreparing(_ text: String) throws -> Bool {
        guard case .prepare(let name) = prepared.step(for: text), !prepared.isFull else { return false }
        guard PQsendPrepare(pointer, name, text, 0, nil) == 1 else { throw Answer.lost(pointer) }
        prepared.remember(text, as: name)
        return true
    }

    /// Has a statement prepared anew when it comes again.
    func forget(_ text: String) { prepared.forget(text) }

    private func run(_ text: String, _ arguments: Arguments) throws -> Answer {
        let name = try prepare(text)
        let result = arguments.withPointers { count, values, lengths, formats in
            if let name { return PQexecPrepared(pointer, name, count, values, lengths, formats, 0) }
            return PQexecParams(pointer, text, count, nil, values, lengths, formats, 0)
        }
        return Answer(result)
    }

    /// The name `text` is prepared under; `nil` while it has not come often enough.
    private func prepare(_ text: String) throws -> String? {
        switch prepared.step(for: text) {
        case .runAsIs: return nil
        case .use(let name): return name
        case .prepare(let name):
            if prepared.isFull {
                try execute("deallocate all")
                prepared.forgetAll()
            }
            try Answer(PQprepare(pointer, name, text, 0, nil)).check(pointer)
            prepared.remember(text, as: name)
            return name
        }
    }

    static func checked(_ text: String) throws -> String {
        guard !text.utf8.contains(0) else { throw PostgresError(.invalidText, #"the statement holds a \0"#) }
        return text
    }
}

extension Session {
    /// What a connection starts from; the URL may say otherwise.
    private static let defaults = [
        ("connect_timeout", "10"), ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "15000"), ("fallback_application_name", "wecom-bridge"),
    ]

    /// Connects, for at most 10 s a host unless the URL's `connect_timeout` says otherwise; blocks.
    static func connect(_ url: String) throws -> OpaquePointer {
        var reason: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &reason) else {
            // The reason quotes parts of the URL, which may be the password.
            PQfreemem(reason)
            throw PostgresError(.invalidConnectionURL, "the connection URL cannot be understood")
        }
        PQconninfoFree(options)

        let settings = defaults + [("dbname", url)]
        let connection = withCStrings(settings.map(\.0)) { names in
            withCStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let connection else { throw PostgresError(.connectionRefused, "libpq has no memory left") }
        guard PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw PostgresError(.connectionRefused, Answer.reason(of: connection))
        }
        return connection
    }
}

/// Lends `values` out as a null-terminated list of C strings.
private func withCStrings<Result>(_ values: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    let copies = values.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) } + [nil])
}

/// Where the server's notices go to.
private final class NoticeLog {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func write(_ notice: String) {
        logger.debug("notice from PostgreSQL", metadata: ["notice": "\(notice)"])
    }
}

private func logNotice(_ context: UnsafeMutableRawPointer?, _ message: UnsafePointer<CChar>?) {
    guard let context, let message else { return }
    let notice = String(cString: message).split(whereSeparator: \.isNewline).joined(separator: "; ")
    Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().write(notice)
}
