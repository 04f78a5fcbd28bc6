public import Failures

/// What PostgreSQL, the connection to it, or the pool of connections said was wrong.
///
/// `description` carries the message and the SQLSTATE, but never the server's DETAIL, which
/// quotes the row's values, nor a parameter's value: it is fit for a log.
public struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The SQLSTATE, or one of ``Code``'s own.
    public let code: Code
    /// The server's primary message, or ours.
    public let message: String
    /// The name of the constraint that was violated, where the server gave one.
    public let constraint: String?

    /// An error as the server or this module reports it; public so that tests can make one.
    public init(_ code: Code, _ message: String, constraint: String? = nil) {
        self.code = code
        self.message = message
        self.constraint = constraint
    }

    /// Whether the database is away, busy, or had to give the work up for another's sake, so that whoever asked is
    /// told to ask again soon; otherwise something has to be mended first.
    ///
    /// What is to become of the work is another question, which ``failureClass`` answers.
    public var isAway: Bool {
        switch code.rawValue.prefix(2) {
        case "08", "40", "53", "57": true
        default: Code.passing.contains(code)
        }
    }

    /// The message and the SQLSTATE.
    public var description: String { "\(message) (SQLSTATE \(code.rawValue))" }
}

extension PostgresError: ClassifiedFailure {
    /// Permanent is what PostgreSQL, or this module before it, refuses because of the data: cardinality (21), data
    /// (22), constraints (23), limits of a statement (54), a stored value that is not what it should be.
    ///
    /// Fatal is what only another program or configuration mends. All else passes, such as a standby that was
    /// promoted late and answers "read-only" (25006), a missing right (42501), or a broken page (XX000) after a
    /// fail-over: to take these for the data's fault would throw good data away.
    public var failureClass: FailureClass {
        switch code.rawValue.prefix(2) {
        case "21", "22", "23", "54": .permanent
        default:
            switch code {
            case .decodingFailure: .permanent
            case .invalidConnectionURL, .migrationConflict, .noActiveTransaction, .poolClosed, .transactionEnded: .fatal
            default: .transient
            }
        }
    }
}

extension PostgresError {
    /// A SQLSTATE, as PostgreSQL's appendix A lists them; codes that begin with `W` are this module's own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The five characters.
        public let rawValue: String

        /// Takes any SQLSTATE.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A unique constraint or index was violated.
        public static let uniqueViolation = Code(rawValue: "23505")
        /// A concurrent transaction won: run the transaction again.
        public static let serializationFailure = Code(rawValue: "40001")
        /// Two transactions waited for each other: run the transaction again.
        public static let deadlockDetected = Code(rawValue: "40P01")
        /// `NOWAIT` or `lock_timeout` gave up on a lock.
        public static let lockNotAvailable = Code(rawValue: "55P03")
        /// The server is shutting down, or an administrator ended the session.
        public static let adminShutdown = Code(rawValue: "57P01")
        /// Another session crashed and took this one along.
        public static let crashShutdown = Code(rawValue: "57P02")
        /// The server is starting up or shutting down.
        public static let cannotConnectNow = Code(rawValue: "57P03")
        /// The session was idle for longer than the server allows.
        public static let idleSessionTimeout = Code(rawValue: "57P05")
        /// No connection could be made.
        public static let connectionRefused = Code(rawValue: "08001")
        /// The connection was lost.
        public static let connectionFailure = Code(rawValue: "08006")
        /// The connection was lost while committing: whether the transaction took effect is not known.
        public static let commitUnknown = Code(rawValue: "08007")
        /// The transaction had failed before and was rolled back instead of being committed.
        public static let inFailedTransaction = Code(rawValue: "25P02")
        /// A transaction was begun inside another one.
        public static let activeTransaction = Code(rawValue: "25001")
        /// What is for a transaction only was asked for outside one.
        public static let noActiveTransaction = Code(rawValue: "25P01")
        /// Text that is not in the database's character set, or that holds a `\0`.
        public static let invalidText = Code(rawValue: "22021")
        /// More than 65,535 parameters in one statement.
        public static let tooManyParameters = Code(rawValue: "54023")
        /// The statement is not SQL.
        public static let syntaxError = Code(rawValue: "42601")

        /// The connection URL cannot be understood.
        public static let invalidConnectionURL = Code(rawValue: "WU001")
        /// A column is not what it was to be decoded as.
        public static let decodingFailure = Code(rawValue: "WD001")
        /// Every connection is taken and as many callers wait as may.
        public static let poolExhausted = Code(rawValue: "WP001")
        /// The pool was closed.
        public static let poolClosed = Code(rawValue: "WP002")
        /// The database, or a connection to it, did not come within the caller's time.
        public static let timedOut = Code(rawValue: "WT001")
        /// Something was to be run after the statements that its transaction ends with.
        public static let transactionEnded = Code(rawValue: "WE001")
        /// A migration that was applied before is changed or missing.
        public static let migrationConflict = Code(rawValue: "WM001")

        static let passing: Set<Code> = [
            .lockNotAvailable, .poolExhausted, .timedOut,
            Code(rawValue: "25P03"),  // idle_in_transaction_session_timeout
            Code(rawValue: "25006"),  // a standby
        ]
    }
}
