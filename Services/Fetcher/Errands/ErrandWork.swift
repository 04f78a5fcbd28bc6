import Messages
import WeCom

/// Answers one batch of questions: asks for each object and witness, and reads the visible range once more.
struct ErrandWork: Sendable {
    let errand: Errand
    let question: AskFor
    let admission: RunAdmission
    let sessions: CorpSessions
    /// Calls to WeCom at once.
    let concurrency: Int

    /// How long the range may take to be read, also where the time for questions is over.
    private static let rangePatience = Duration.seconds(30)

    /// - Returns: The answer; where nothing can be asked, nobody is said to be gone.
    /// - Throws: ``RunFailure/foreignTenant``, which nobody may answer; `CancellationError`.
    func answer() async throws -> FindingsFetched {
        do {
            let remaining = remaining
            guard remaining > .zero else { return question.unanswered() }
            let end = ContinuousClock.now + remaining
            let configuration = try await admission.configuration(for: errand.subject, question.terms)
            let session = try sessions.session(for: configuration)
            let agent = try configuration.agent
            return try await ask(session, agent, until: end)
        } catch let failure as RunFailure where failure != .foreignTenant {
            return question.unanswered(code: failure.errorCode)
        }
    }

    private var remaining: Duration {
        let remaining = errand.endsAt.millisecondsSince1970 - Timestamp.now.millisecondsSince1970
        // Whatever another clock says, nobody asks for longer.
        return min(.milliseconds(remaining), Errand.patience)
    }

    private func ask(
        _ session: CorpSession,
        _ agent: AgentID,
        until end: ContinuousClock.Instant
    ) async throws -> FindingsFetched {
        let isCaseSensitive = question.terms.userIDCase == .sensitive
        let inquiry = Inquiry(session: session, isCaseSensitive: isCaseSensitive, isFinding: true)
        let subject = errand.subject
        let ancestry = question.terms.tellsDepartmentPaths == true ? Ancestry(session: session) : nil
        let questioning = Questioning(
            ask: { [admission, terms = question.terms] object in
                // Whoever is deleted meanwhile, or has another corp behind it, is asked nothing more.
                try admission.check(subject, terms)
                let answer = try await inquiry.ask(object)
                guard let ancestry, object.kind == .user else { return answer }
                return try await Self.adding(to: answer, from: ancestry)
            },
            concurrency: concurrency
        )
        let witnesses = question.witnesses.map { DirectoryObject.user($0) }
        let answers = try await questioning.answers(to: witnesses + question.objects, until: end)
        var gathering = FindingsGathering(question)
        for answer in answers.prefix(witnesses.count) { gathering.add(witness: answer) }
        for answer in answers.dropFirst(witnesses.count) { gathering.add(answer) }
        let reading = RangeReading(session: session, agent: agent, isCaseSensitive: isCaseSensitive)
        return gathering.message(range: try await range(reading))
    }

    /// The answer with where the person's department stands. What keeps it from being told is not the person's: the
    /// record goes without it.
    private static func adding(to answer: Inquiry.Answer, from ancestry: Ancestry) async throws -> Inquiry.Answer {
        var answer = answer
        do {
            if let record = answer.record { answer.record = try await ancestry.addingPath(to: record) }
        } catch is RunFailure, is RunMustWait {}
        return answer
    }

    /// Tells the visible range from others, if it could be read whole.
    private func range(_ reading: RangeReading) async throws -> ContentDigest? {
        try await withThrowingTaskGroup(of: RangeReading.Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    return try await reading.read()
                } catch is RunFailure, is RunMustWait {
                    return nil
                }
            }
            group.addTask {
                try await Task.sleep(for: Self.rangePatience)
                return nil
            }
            guard let range = try await group.next() ?? nil, range.isWhole else { return nil }
            return range.range.hash
        }
    }
}
