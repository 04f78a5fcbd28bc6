import Messages
import Pipeline
import Runtime

/// Tells one run again, from what the log says when no other run of the identity provider is active any more.
struct ReplayWork {
    let run: ReplayRun
    let log: ReplayLog
    let choice: ReplayChoice
    let pace: Pace

    /// - Returns: The run as it ended.
    func tell() async throws -> JSON {
        try await ReplayPulse(run: run, log: log).beating { try await tellAll() }
        return try await run.waitForEnd()
    }

    private func tellAll() async throws {
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
struct ReplayInterrupted: Error, CustomStringConvertible {
    let run: RunID
    let identityProvider: IdentityProviderID
    let error: any Error

    var description: String {
        "\(error) What was told stays told; within ten minutes bridgectl replay --resume \(run) --idp \(identityProvider), with "
            + "the same choice, goes on."
    }
}

extension ObjectWords.Key {
    fileprivate var isDepartment: Bool { if case .department = self { true } else { false } }
}
