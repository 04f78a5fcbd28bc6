import CPostgres

extension Session {
    /// Bytes that go to the server at once: libpq copies what it is given into its own buffer, which this keeps
    /// small, and the server takes in the first rows while the next ones are made.
    private static let chunk = 64 * 1024

    /// Streams rows into a table with `COPY … FROM STDIN (FORMAT binary)`, and returns how many went in.
    func copy(_ statement: String, _ rows: CopyRows) throws -> Int {
        try copy(statement) { send in try rows.withChunks(of: Self.chunk, send) }
    }

    /// Streams the rows that `append` makes of `items`, and returns how many went in.
    func copy<Item>(
        _ statement: String,
        _ items: some Sequence<Item>,
        _ append: (inout CopyRows, Item) throws -> Void
    ) throws -> Int {
        try copy(statement) { send in
            var rows = CopyRows(reserving: 2 * Self.chunk)
            for item in items {
                try append(&rows, item)
                if rows.byteCount >= Self.chunk { try rows.drain(send) }
            }
            try rows.withChunks(of: Self.chunk, send)
        }
    }

    private func copy(
        _ statement: String,
        _ fill: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> Int {
        try open(statement)
        do {
            try fill { bytes in
                let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                guard PQputCopyData(pointer, start, Int32(bytes.count)) == 1 else { throw Answer.lost(pointer) }
            }
        } catch {
            giveUp(because: "the rows could not be made")
            throw error
        }
        guard PQputCopyEnd(pointer, nil) == 1 else { throw Answer.lost(pointer) }
        let closed = Answer(PQgetResult(pointer))
        while let extra = PQgetResult(pointer) { PQclear(extra) }
        try closed.check(pointer)
        return closed.affectedRows
    }

    private func open(_ statement: String) throws {
        let opened = Answer(PQexec(pointer, try Self.checked(statement)))
        guard opened.status == PGRES_COPY_IN else {
            try opened.check(pointer)
            throw PostgresError(.syntaxError, "the statement is not a COPY … FROM STDIN")
        }
        guard PQbinaryTuples(opened.pointer) == 1 else {
            giveUp(because: "the format is not binary")
            throw PostgresError(.syntaxError, "COPY needs (FORMAT binary)")
        }
    }

    /// Ends a COPY without its rows.
    private func giveUp(because reason: String) {
        _ = PQputCopyEnd(pointer, reason)
        while let extra = PQgetResult(pointer) { PQclear(extra) }
    }
}
