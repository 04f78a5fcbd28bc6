import Failures
import Logging
import Messages
import Metrics
import Postgres
import Runtime
import WeCom

/// Deals with the events that were kept, after WeCom got its answer. Any number of registries may do so at once.
struct CallbackWorker: Sendable {
    let store: CallbackStore
    let requests: AuthorizationStore
    /// Nil when this installation is no provider; then events are kept and lead to nothing.
    let events: AuthorizationEvents?
    let logger: Logger

    /// Longer than the calls to WeCom for one event can take.
    private static let lease: Duration = .seconds(180)
    /// How long an authorization code is good (wecom.md §1.1), and any event worth trying.
    private static let patience: Duration = .seconds(600)

    private static let backoff = Backoff(first: .seconds(1), limit: .seconds(60))

    /// Deals with every event whose turn it is; returns how many.
    @discardableResult
    func work() async throws -> Int {
        var count = 0
        while !Task.isCancelled, let callback = try await store.claim(for: Self.lease) {
            try await deal(with: callback)
            count += 1
        }
        return count
    }

    private func deal(with callback: KeptCallback) async throws {
        do {
            try await events?.handle(callback)
            try await store.finish(callback)
            Self.count(callback, "done")
        } catch let error as CancellationError {
            throw error
        } catch {
            try await settle(callback, error)
        }
    }

    /// Tries again later, or gives up; whoever waits for the authorization is told why.
    private func settle(_ callback: KeptCallback, _ error: any Error) async throws {
        let kind = (try? callback.event.kind) ?? "unreadable"
        let metadata: Logger.Metadata = [
            "kind": "\(kind)", "attempt": "\(callback.attempts)", "error": "\(error)",
        ]
        let sentence = Self.sentence(error)
        if case .createAuth(_, _, let state?) = try? callback.event {
            try await requests.fail(state, because: sentence)
        }
        if Self.mayPass(error), callback.receivedAt.advanced(by: Self.patience) > .now {
            Self.count(callback, "postponed")
            logger.warning("a callback cannot be dealt with yet", metadata: metadata)
            let delay = Self.backoff.delay(attempt: callback.attempts)
            try await store.postpone(callback, by: delay, because: sentence)
        } else {
            Self.count(callback, "given up")
            logger.error("a callback is given up", metadata: metadata)
            try await store.finish(callback, failure: sentence)
        }
    }

    private static func count(_ callback: KeptCallback, _ outcome: String) {
        var kind = (try? callback.event)?.kind ?? "unreadable"
        if case .other = try? callback.event { kind = "other" }
        Counter(label: "registry.callbacks", dimensions: [("kind", kind), ("outcome", outcome)]).increment()
    }

    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case is HopelessCallback, is CallbackError: false
        case let error as PostgresError: error.failureClass != .permanent
        case let error as WeComError:
            switch error.reaction {
            case .retry, .pause, .lowerConcurrency, .renewToken, .awaitTicket: true
            default: false
            }
        default: true
        }
    }

    /// What happened and what to do, without secrets.
    private static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as WeComError: sentence(of: error)
        case is PostgresError: "The database does not answer."
        default: Problem.sentence("\(error)")
        }
    }

    private static func sentence(of error: WeComError) -> String {
        let explanation = error.explanation
        let code = error.code.map { " (WeCom's code \($0))" } ?? ""
        return Problem.sentence(explanation.sentence) + code + " " + Problem.sentence(explanation.fix)
    }
}
