import CPostgres
import Glibc

extension Session {
    /// How many statements are sent before what the server answered meanwhile is read.
    private static let statementsBetweenReads = 32

    /// Sends the statements in one go and reads their answers after: one round trip, one transaction.
    ///
    /// Sending and reading interleave, so neither side's socket buffer can fill up and
    /// leave both waiting (libpq's manual, "Pipeline Mode").
    func pipeline(_ statements: [SQL]) throws -> [[Row]] {
        guard !statements.isEmpty else { return [] }
        // Refused before anything is sent, so that the session stays in order.
        let prepared = try statements.map { statement in
            (text: try Self.checked(statement.text), arguments: try Arguments(statement.parameters))
        }
        guard PQenterPipelineMode(pointer) == 1, PQsetnonblocking(pointer, 1) == 0 else { throw Answer.lost(pointer) }
        try sendAll(prepared)
        let answers = Result { try readAnswers(count: statements.count) }
        guard PQsetnonblocking(pointer, 0) == 0, PQexitPipelineMode(pointer) == 1 else {
            _ = try answers.get()
            throw Answer.lost(pointer)
        }
        return try answers.get()
    }

    private func sendAll(_ statements: [(text: String, arguments: Arguments)]) throws {
        for (index, statement) in statements.enumerated() {
            try send(statement.text, statement.arguments)
            if (index + 1).isMultiple(of: Self.statementsBetweenReads), PQconsumeInput(pointer) == 0 {
                throw Answer.lost(pointer)
            }
        }
        guard PQpipelineSync(pointer) == 1 else { throw Answer.lost(pointer) }
        try flush()
    }

    /// One answer a statement, and the sync that follows them; the first failure is the one that counts.
    private func readAnswers(count: Int) throws -> [[Row]] {
        var answers: [[Row]] = []
        answers.reserveCapacity(count)
        var failure: (any Error)?
        for _ in 0..<count {
            let answer = Answer(PQgetResult(pointer))
            // libpq would give the same answer again and again.
            if answer.isCopy { try answer.check(pointer) }
            do {
                if answer.pointer == nil, PQstatus(pointer) != CONNECTION_OK { throw Answer.lost(pointer) }
                answers.append(try answer.rows(of: pointer))
            } catch {
                failure = failure ?? error
                if PQstatus(pointer) != CONNECTION_OK { break }
            }
            while let extra = PQgetResult(pointer) { PQclear(extra) }
        }
        while PQstatus(pointer) == CONNECTION_OK, let sync = PQgetResult(pointer) { PQclear(sync) }
        if let failure { throw failure }
        return answers
    }

    private func flush() throws {
        while true {
            switch PQflush(pointer) {
            case 0: return
            case 1:
                var descriptor = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN | POLLOUT), revents: 0)
                poll(&descriptor, 1, -1)
                guard PQconsumeInput(pointer) == 1 else { throw Answer.lost(pointer) }
            default: throw Answer.lost(pointer)
            }
        }
    }
}
