import Messages
import WeCom

/// Reads the people whom a run of kind `objects` names one by one: each is asked for, and sent if they are there and in
/// the scope.
struct TargetPeople: Sendable {
    /// What came of them.
    struct Result: Equatable, Sendable {
        var findings: [Finding] = []
        /// The records of those who are to be synchronised, and who they are.
        var records: [[UInt8]] = []
        var keys: [ContentDigest] = []
        var shortcomings: [String] = []
        var notices: [String] = []
    }

    let session: CorpSession
    let ancestry: Ancestry
    /// Whether records tell where departments stand.
    let tellsPaths: Bool
    let isCaseSensitive: Bool
    /// Calls to WeCom at once.
    let concurrency: Int

    /// - Parameter seen: Whom a department showed already: they are asked for, and do not travel again.
    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    @concurrent
    func read(_ users: [String], seen: SeenUsers) async throws -> Result {
        let inquiry = Inquiry(session: session, isCaseSensitive: isCaseSensitive)
        let questioning = Questioning(
            ask: { object in
                let answer = try await inquiry.ask(object)
                if let error = answer.error, answer.finding.answer == .unknown, !error.concernsOneUnit {
                    throw error.consequence
                }
                return answer
            },
            concurrency: concurrency
        )
        let answers = try await questioning.answers(to: distinct(users), until: nil)
        var result = Result()
        for answer in answers { try await add(answer, seen, to: &result) }
        result.tell(answers.map(\.finding))
        return result
    }

    private func add(_ answer: Inquiry.Answer, _ seen: SeenUsers, to result: inout Result) async throws {
        result.findings.append(answer.finding)
        guard let record = answer.record else { return }
        let key = DirectoryKey(answer.finding.object.externalID, isCaseSensitive: isCaseSensitive).digest
        guard !seen.contains(key) else { return }
        switch try await ancestry.place(ofPerson: record) {
        case .inside:
            result.records.append(tellsPaths ? try await ancestry.addingPath(to: record) : record)
            result.keys.append(key)
        case .outside, .absent: result.notices.append("A person is not in the scope, and was not taken.")
        case .unknown(let cause):
            result.shortcomings.append("It is not known whether a person is in the scope: \(cause).")
        }
    }

    private func distinct(_ users: [String]) -> [DirectoryObject] {
        var known: Set<DirectoryKey> = []
        return users.filter { known.insert(DirectoryKey($0, isCaseSensitive: isCaseSensitive)).inserted }
            .map { .user($0) }
    }
}

extension TargetPeople.Result {
    fileprivate mutating func tell(_ findings: [Finding]) {
        let absent = findings.count { $0.answer == .absent }
        if absent > 0 { notices.append("WeCom does not show \(absent) of the people asked for.") }
        for (answer, sentence) in [
            (Finding.Answer.unknown, "WeCom did not say what became of"),
            (.refused, "WeCom does not let the app ask for"),
        ] {
            let count = findings.count { $0.answer == answer }
            let code = findings.first { $0.answer == answer }?.code.map { " (error \($0))" } ?? ""
            if count > 0 { shortcomings.append("\(sentence) \(count) of the people asked for\(code).") }
        }
    }
}
