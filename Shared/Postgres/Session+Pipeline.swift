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
        let isNew = try sendAll(prepared)
        let answers = Result { try readAnswers(zip(prepared.map(\.text), isNew)) }
        guard PQsetnonblocking(pointer, 0) == 0, PQexitPipelineMode(pointer) == 1 else {
            _ = try answers.get()
            throw Answer.lost(pointer)
        }
        return try answers.get()
    }

    /// - Returns: For each statement, whether it is prepared on the way, which has an answer of its own.
    private func sendAll(_ statements: [(text: String, arguments: Arguments)]) throws -> [Bool] {
        var isNew: [Bool] = []
        isNew.reserveCapacity(statements.count)
        for (index, statement) in statements.enumerated() {
            isNew.append(try sendPreparing(statement.text))
            try send(statement.text, statement.arguments)
            if (index + 1).isMultiple(of: Self.statementsBetweenReads), PQconsumeInput(pointer) == 0 {
                throw Answer.lost(pointer)
            }
        }
        guard PQpipelineSync(pointer) == 1 else { throw Answer.lost(pointer) }
        try flush()
        return isNew
    }

    /// One answer a statement, and the sync that follows them; the first failure is the one that counts.
    ///
    /// - Parameter statements: Their texts, and which of them were prepared on the way.
    private func readAnswers(_ statements: some Sequence<(String, Bool)>) throws -> [[Row]] {
        var answers: [[Row]] = []
        var failure: (any Error)?
        for (text, isNew) in statements {
            if isNew {
                do {
                    try Answer(PQgetResult(pointer)).check(pointer)
                } catch {
                    forget(text)
                    failure = failure ?? error
                }
                while let extra = PQgetResult(pointer) { PQclear(extra) }
            }
            let answer = Answer(PQgetResult(pointer))
            if answer.isStalePlan { forget(text) }
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
