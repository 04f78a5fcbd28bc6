import CPostgres

extension Session {
    /// Runs one statement and lends out each row as it comes, in binary format.
    ///
    /// When `body` throws, the rest of the rows is read and dropped. A COPY leaves the session unusable.
    func forEachRow(_ statement: SQL, _ body: (borrowing RowView) throws -> Void) throws {
        try send(try Self.checked(statement.text), try Arguments(statement.parameters), binary: true)
        guard PQsetSingleRowMode(pointer) == 1 else { throw Answer.lost(pointer) }
        var failure: (any Error)?
        while let result = PQgetResult(pointer) {
            let answer = Answer(result)
            // libpq would give the same answer again and again.
            if answer.isCopy { try answer.check(pointer) }
            if answer.status == PGRES_SINGLE_TUPLE {
                guard failure == nil else { continue }
                do { try body(RowView(result, columns: PQnfields(result))) } catch { failure = error }
            } else {
                do { try answer.check(pointer) } catch { failure = failure ?? error }
            }
        }
        if let failure { throw failure }
    }
}
