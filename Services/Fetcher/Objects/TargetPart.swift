import Messages

/// What came of some of the people whom a run names one by one.
struct TargetPart: Sendable {
    static let outsideNotice = "A person is not in the scope, and was not taken."

    /// Of each of them, but for those who have to be asked for later.
    var findings: [Finding] = []
    /// The records of those who are to be synchronised.
    var records: [[UInt8]] = []
    /// What is remembered of them once the records are sent.
    private(set) var asked: [AskedPerson] = []
    var shortcomings: [String] = []
    var notices: [String] = []
    /// Why the rest of them have to be asked for later.
    var wait: RunMustWait?
    /// What came of all others without asking, where WeCom answers nothing more.
    var others: (answer: Finding.Answer, code: Int?)?

    /// Adds what WeCom said of a person; of whom it said nothing, nothing is remembered.
    mutating func add(_ finding: Finding, _ key: ContentDigest, isSent: Bool = false) {
        findings.append(finding)
        guard finding.answer == .present || finding.answer == .absent else { return }
        asked.append(
            AskedPerson(key: key, isPresent: finding.answer == .present, isSent: isSent, code: finding.code)
        )
    }

    /// Adds what came of others, to be told together.
    mutating func add(_ part: TargetPart) {
        findings += part.findings
        shortcomings += part.shortcomings
        notices += part.notices
    }

    /// Says what came of all of them.
    mutating func tellFindings() {
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
