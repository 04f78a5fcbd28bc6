import Messages
import Postgres
import WeCom

/// What the end of a run says of its identity provider: whether its schedule goes on as usual, and what administrators
/// are told of.
struct RunAftermath: Sendable {
    let run: Run
    let end: RunEnd

    /// Does what follows from it; returns the identity provider as it is then. Its row is locked in the transaction.
    func settle(_ provider: IdentityProvider, on connection: isolated Connection) throws -> IdentityProvider {
        guard !run.isDryRun, provider.configuration.status != .deleted else { return provider }
        if run.cause == .schedule { try Notifications.settle(.runLate, of: provider, on: connection) }
        switch end.outcome {
        // Who has something told again hears of it from their own program.
        case .failed where run.kind == .replay: return provider
        case .failed:
            try lookAfterAuthorization(of: provider, on: connection)
            return try failed(provider, on: connection)
        case .succeeded, .partial, .held: return try read(provider, on: connection)
        case .cancelled, .skipped: return provider
        }
    }

    /// Whether it read what the settings say.
    private var isUsual: Bool { run.kind.readsEverything || run.kind == .departments }

    /// Where WeCom refused the code itself, a reset or a withdrawal may have gone untold.
    private func lookAfterAuthorization(of provider: IdentityProvider, on connection: isolated Connection) throws {
        guard let code = end.errorCode, ErrorReactions.refusesCredentials(code),
            let known = provider.configuration.connection, known.kind == .customDevelopedApp,
            let corp = try? CorpID(known.corpID)
        else { return }
        try CorpAuthorizationStore.suspect(corp, on: connection)
    }

    /// A fault of our own pipeline says nothing of the identity provider, and one that is tried again at once is not over.
    private func failed(_ provider: IdentityProvider, on connection: isolated Connection) throws -> IdentityProvider {
        switch end.cause {
        case nil, .unanswered, .unreadable:
            let failure = Occurrence.runFailed(run: run.id, errorCode: end.errorCode)
            try Notifications.raise(failure, of: provider, on: connection)
        default: break
        }
        guard end.cause == nil, isUsual, run.cause != .manual else { return provider }
        return try QuarantineStore.count(end, of: provider, on: connection)
    }

    private func read(_ provider: IdentityProvider, on connection: isolated Connection) throws -> IdentityProvider {
        if end.outcome == .held {
            let counts = end.counts
            try Notifications.raise(
                .removalsHeld(run: run.id, people: counts.users.held, departments: counts.departments.held),
                of: provider,
                on: connection
            )
        } else if end.stillHeld.map({ $0 == 0 }) ?? run.kind.readsEverything {
            // A decision about some leaves the others to be decided about; so does a run that lost something on its way
            // and says nothing of them. Earlier writers tell how many of decisions alone.
            try Notifications.settle(.removalsHeld, of: provider, on: connection)
        }
        guard isUsual else { return provider }
        try Notifications.settle(.runFailed, of: provider, on: connection)
        return try QuarantineStore.release(provider, by: .system, on: connection)
    }
}
