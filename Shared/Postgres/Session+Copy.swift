import CPostgres

extension Session {
    /// libpq copies what it is given into its own buffer, which this keeps small.
    private static let chunk = 128 * 1024

    /// Streams rows into a table with `COPY … FROM STDIN (FORMAT binary)`, and returns how many went in.
    func copy(_ statement: String, _ rows: CopyRows) throws -> Int {
        let opened = Answer(PQexec(pointer, try Self.checked(statement)))
        guard opened.status == PGRES_COPY_IN else {
            try opened.check(pointer)
            throw PostgresError(.syntaxError, "the statement is not a COPY … FROM STDIN")
        }
        guard PQbinaryTuples(opened.pointer) == 1 else {
            _ = PQputCopyEnd(pointer, "the format is not binary")
            while let extra = PQgetResult(pointer) { PQclear(extra) }
            throw PostgresError(.syntaxError, "COPY needs (FORMAT binary)")
        }
        try rows.withChunks(of: Self.chunk) { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard PQputCopyData(pointer, start, Int32(bytes.count)) == 1 else { throw Answer.lost(pointer) }
        }
        guard PQputCopyEnd(pointer, nil) == 1 else { throw Answer.lost(pointer) }
        let closed = Answer(PQgetResult(pointer))
        while let extra = PQgetResult(pointer) { PQclear(extra) }
        try closed.check(pointer)
        return closed.affectedRows
    }
}
