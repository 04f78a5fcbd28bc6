import CPostgres

extension Session {
    /// Takes rows out with `COPY … TO STDOUT (FORMAT binary)`.
    ///
    /// A session that is left in the middle of another kind of COPY is given up by its connection.
    func copyOut(_ statement: String) throws -> CopyRows {
        let opened = Answer(PQexec(pointer, try Self.checked(statement)))
        guard opened.status == PGRES_COPY_OUT else {
            try opened.check(pointer)
            throw PostgresError(.syntaxError, "the statement is not a COPY … TO STDOUT")
        }
        guard PQbinaryTuples(opened.pointer) == 1 else {
            throw PostgresError(.syntaxError, "COPY needs (FORMAT binary)")
        }
        let storage = ByteStorage(capacity: 0)
        var piece: UnsafeMutablePointer<CChar>?
        while case let length = Int(PQgetCopyData(pointer, &piece, 0)), length > 0 {
            storage.append(UnsafeRawBufferPointer(start: piece, count: length))
            PQfreemem(piece)
        }
        let closed = Answer(PQgetResult(pointer))
        while let extra = PQgetResult(pointer) { PQclear(extra) }
        try closed.check(pointer)
        guard let rows = CopyRows(received: storage, rowCount: closed.affectedRows) else {
            throw PostgresError(.decodingFailure, "what COPY sent is not its binary format")
        }
        return rows
    }
}
