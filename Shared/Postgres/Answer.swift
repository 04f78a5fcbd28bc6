import CPostgres

/// Sole owner of one `PGresult`.
struct Answer: ~Copyable {
    let pointer: OpaquePointer?

    init(_ pointer: OpaquePointer?) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }

    var affectedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    /// The rows in text format; none for a statement without a result.
    func rows(of connection: OpaquePointer) throws -> [Row] {
        try check(connection)
        let count = Int(PQntuples(pointer))
        guard status == PGRES_TUPLES_OK, count > 0 else { return [] }
        var rows: [Row] = []
        rows.reserveCapacity(count)
        for row in 0..<Int32(count) {
            rows.append(Row(columns: (0..<PQnfields(pointer)).map { text(row, $0) }))
        }
        return rows
    }

    /// Whether the statement was a COPY, whose data come next.
    var isCopy: Bool { [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(status) }

    /// Throws unless the statement succeeded.
    func check(_ connection: OpaquePointer) throws {
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC: return
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            throw PostgresError(.syntaxError, "COPY runs by copy(_:_:) and copyOut(_:) only")
        default: throw error(of: connection)
        }
    }

    /// Whether a prepared statement no longer fits the tables, which changed since.
    var isStalePlan: Bool { field("C") == "0A000" && field("R") == "RevalidateCachedQuery" }

    /// What the server, or libpq in its place, said was wrong.
    func error(of connection: OpaquePointer) -> PostgresError {
        guard let state = field("C") else { return Self.lost(connection) }
        return PostgresError(
            PostgresError.Code(rawValue: state),
            field("M") ?? "the server gave no reason",
            constraint: field("n")
        )
    }

    /// An error that libpq reports itself, without a SQLSTATE.
    static func lost(_ connection: OpaquePointer) -> PostgresError {
        let reason = reason(of: connection)
        guard PQstatus(connection) == CONNECTION_OK else {
            return PostgresError(.connectionFailure, reason.isEmpty ? "the connection was lost" : reason)
        }
        return PostgresError(PostgresError.Code(rawValue: "XX000"), reason.isEmpty ? "libpq failed" : reason)
    }

    /// libpq's words in one line.
    static func reason(of connection: OpaquePointer) -> String {
        String(cString: PQerrorMessage(connection))
            .split(whereSeparator: \.isNewline)
            .joined(separator: "; ")
            .replacing("\t", with: "")
    }

    private func text(_ row: Int32, _ column: Int32) -> String? {
        guard PQgetisnull(pointer, row, column) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, column),
            count: Int(PQgetlength(pointer, row, column))
        )
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter code: One of `PG_DIAG_…`: C the SQLSTATE, M the primary message, n the constraint.
    private func field(_ code: Unicode.Scalar) -> String? {
        PQresultErrorField(pointer, Int32(code.value)).map { String(cString: $0) }
    }
}
