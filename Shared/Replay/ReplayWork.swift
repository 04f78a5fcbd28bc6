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
        try await ReplayPulse(run: run, log: log).beating { try await tellAll(of: run) }
        try await run.waitForEnd()
    }

    private func tellAll(of run: ReplayRun) async throws {
        let choice = choice(run.configuration.terms)
        let contents = try await log.contents(of: run.configuration, choosing: choice)
        let earlier = contents.words.fences[run.id] ?? Fence(rawValue: 0)
        var sender = try await ReplaySender(run, fence: Fence(rawValue: earlier.rawValue + 1), to: log, at: pace)
        try await sender.beat()
        try await sender.begin()
        // Between the first look and the run's turn another run may have changed what there is to tell.
        guard let last = contents.words.lastReading, contents.refusal(of: choice, on: log.topic) == nil else {
            return try await sender.abort(because: "Nothing of what was chosen can be told again any more.")
        }
        do {
            // Departments first, as in every run: people are in them.
            for isDepartments in [true, false] {
                let told = contents.words.told.filter { $0.key.isDepartment == isDepartments }
                guard !told.isEmpty else { continue }
                try await log.records(of: run.configuration, told: told) { try await sender.tell($0) }
            }
            try await sender.end(after: last)
        } catch {
            throw ReplayInterrupted(run: run.id, identityProvider: run.configuration.id, error: error)
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
