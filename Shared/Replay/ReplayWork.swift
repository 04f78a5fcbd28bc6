public import Messages
public import Pipeline

/// Tells one run again, from what the log says when no other run of the identity provider is active any more.
public struct ReplayWork: Sendable {
    /// The run.
    public let run: ReplayRun
    let log: ReplayLog
    let choice: @Sendable (RunTerms) -> ReplayChoice
    let pace: Pace

    /// - Parameters:
    ///   - log: What it is told from.
    ///   - choice: What of it is told, by the terms under which it is.
    ///   - pace: How fast.
    public init(
        run: ReplayRun,
        log: ReplayLog,
        pace: Pace,
        choice: @escaping @Sendable (RunTerms) -> ReplayChoice
    ) {
        self.run = run
        self.log = log
        self.choice = choice
        self.pace = pace
    }

    /// Tells it once no other run is active, and returns when it is over.
    ///
    /// - Throws: ``ReplayInterrupted`` where it came to no end here, ``ReplayRefusal`` where others ended it.
    public func tell() async throws {
        let run = try await run.waitingForTurn()
        var sender = try await ReplayPulse(run: run, log: log).beating { try await tellAll(of: run) }
        try await run.waitForEnd { try await sender.cancel() }
    }

    /// - Returns: Who has told it, or as much as was to be told.
    private func tellAll(of run: ReplayRun) async throws -> ReplaySender {
        let choice = choice(run.configuration.terms)
        let contents = try await log.contents(of: run.configuration, choosing: choice)
        // A long log was read meanwhile.
        try await run.requireUnended()
        let earlier = contents.words.fences[run.id] ?? Fence(rawValue: 0)
        var sender = try await ReplaySender(run, fence: Fence(rawValue: earlier.rawValue + 1), to: log, at: pace)
        try await sender.beat()
        try await sender.begin()
        // Between the first look and the run's turn another run may have changed what there is to tell.
        guard let last = contents.words.lastReading, contents.refusal(of: choice, on: log.topic) == nil else {
            try await sender.abort(because: "Nothing of what was chosen can be told again any more.")
            return sender
        }
        do {
            try await tell(contents.words, of: run, by: &sender)
            try await sender.end(after: last)
        } catch is ReplayCancelled {
            try await sender.cancel()
        } catch let refusal as ReplayRefusal {
            // Nobody is to wait for the rest; whoever knows of the run's end passes this over.
            try await sender.abort(.cancelled, because: refusal.description)
            throw refusal
        } catch {
            throw ReplayInterrupted(run: run.id, identityProvider: run.configuration.id, error: error)
        }
        return sender
    }

    private func tell(_ words: ObjectWords, of run: ReplayRun, by sender: inout ReplaySender) async throws {
        // Departments first, as in every run: people are in them.
        for isDepartments in [true, false] {
            let told = words.told.filter { $0.key.isDepartment == isDepartments }
            guard !told.isEmpty else { continue }
            try await log.records(of: run.configuration, told: told, pausing: { try await sender.look() }) {
                try await sender.tell($0)
            }
        }
    }
}

/// A replay that came to no end here.
public struct ReplayInterrupted: Error, CustomStringConvertible {
    let run: RunID
    let identityProvider: IdentityProviderID
    let error: any Error

    /// What happened, and how it is gone on with.
    public var description: String {
        "\(error) What was told stays told; within ten minutes bridgectl replay --resume \(run) --idp \(identityProvider), with "
            + "the same choice, goes on."
    }
}

extension ObjectWords.Key {
    fileprivate var isDepartment: Bool { if case .department = self { true } else { false } }
}
