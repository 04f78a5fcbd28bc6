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

    /// How long the range may take to be read at least, also where the time for questions is over, and then the place of
    /// each who is there.
    private static let patience = Duration.seconds(30)

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
        let witnesses = question.witnesses
        let answers = try await questioning.answers(to: witnesses + question.objects, until: end)
        let reading = RangeReading(session: session, agent: agent, isCaseSensitive: isCaseSensitive)
        let range = try await range(reading, until: end)
        let objects = try await placed(Array(answers.dropFirst(witnesses.count)), range, session, until: end)
        var gathering = FindingsGathering(question)
        for answer in answers.prefix(witnesses.count) { gathering.add(witness: answer) }
        for answer in objects { gathering.add(answer) }
        return gathering.message(range: range?.hash)
    }

    /// The answer with where the person's department stands. What keeps it from being told is not the person's: the
    /// record goes without it.
    private static func adding(to answer: Inquiry.Answer, from ancestry: Ancestry) async throws -> Inquiry.Answer {
        var answer = answer
        do {
            if let record = answer.record { answer.record = try await ancestry.addingPath(to: record) }
        } catch is RunFailure, is RunMustWait, is WeComUnreachable {}
        return answer
    }

    /// The visible range, be it that tags could not be read: the run may have met the same ones.
    private func range(_ reading: RangeReading, until end: ContinuousClock.Instant) async throws -> VisibleRange? {
        let result = try await inTime(within: max(end - .now, Self.patience)) { try await reading.read() }
        return result?.range
    }

    /// The answers, with whether those who are there lie in the scope, as far as WeCom says in time: a department that the
    /// run's list does not show may have been made since.
    private func placed(
        _ answers: [Inquiry.Answer],
        _ range: VisibleRange?,
        _ session: CorpSession,
        until end: ContinuousClock.Instant
    ) async throws -> [Inquiry.Answer] {
        // What only an unread tag shows would look as if it lay outside.
        guard question.terms.scope != .all, let range, range.isWhole else { return answers }
        let ancestry = Ancestry(session: session, range: range, scope: question.terms.scope, isFinding: true)
        let end = max(end, ContinuousClock.now + Self.patience)
        var placed = answers
        for (index, answer) in answers.enumerated() where answer.record != nil {
            guard ContinuousClock.now < end, let word = try await inTime({ try await ancestry.word(on: answer) }) else {
                break
            }
            switch word {
            case .told(let isInScope): placed[index].finding.isInScope = isInScope
            case .untold: continue
            case .refused(let code): placed[index].finding.code = code
            }
        }
        return placed
    }

    /// What comes of work that may neither take long nor fail the errand; `nil` where nothing does.
    private func inTime<Value: Sendable>(
        within patience: Duration = Self.patience,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    return try await work()
                } catch is RunFailure, is RunMustWait, is WeComUnreachable {
                    return nil
                }
            }
            group.addTask {
                try await Task.sleep(for: patience)
                return nil
            }
            return try await group.next() ?? nil
        }
    }
}

/// Whether what was asked for, and is there, lies in range and scope.
private enum ScopeWord: Sendable {
    case told(Bool)
    /// WeCom does not say.
    case untold
    /// WeCom does not let the app ask for departments.
    case refused(code: Int)
}

extension Ancestry {
    fileprivate func word(on answer: Inquiry.Answer) async throws -> ScopeWord {
        guard let record = answer.record else { return .untold }
        do {
            let place =
                if let department = answer.finding.object.departmentID {
                    try await place(of: department)
                } else {
                    try await place(ofPerson: record)
                }
            return switch place {
            case .inside: .told(true)
            case .outside, .absent: .told(false)
            case .unknown: .untold
            }
        } catch let failure as RunFailure {
            guard let code = failure.errorCode, ErrorReactions.forbidsAsking(code) else { throw failure }
            return .refused(code: code)
        }
    }
}
