import BackgroundWork
import Failures
import Logging
import Messages
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

    /// How long an authorization code is good (wecom.md §1.1), and any event worth trying.
    private static let patience: Duration = .seconds(600)

    /// The events in the order in which they came, a few at once, since each may wait for WeCom.
    var queue: WorkQueue<KeptCallback> {
        WorkQueue(
            "callbacks",
            table: CallbackStore.table,
            database: store.database,
            policy: .init(
                concurrency: 4,
                interval: .milliseconds(250),
                judge: { Self.judge($1, about: $0.item) },
                describe: Self.sentence
            ),
            logger: logger,
            decode: { try store.callback($0) },
            work: { try await deal(with: $0) }
        )
    }

    /// Whoever waits for the authorization is told why it does not work.
    private func deal(with claim: Claim<KeptCallback>) async throws {
        do {
            try await events?.handle(claim)
        } catch let error as ClaimLost {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            if case .createAuth(_, _, let state?) = try? claim.item.event {
                try await requests.fail(state, because: Self.sentence(error))
            }
            throw error
        }
    }

    private static func judge(_ error: any Error, about callback: KeptCallback) -> FailureClass {
        switch error {
        case let error as PostgresError: return error.failureClass
        case is CallbackError: return .permanent
        case let error as WeComError where !mayPass(error): return .permanent
        default:
            let isWorthIt = callback.receivedAt.advanced(by: patience) > .now
            return isWorthIt ? FailureClass(of: error) : .permanent
        }
    }

    private static func mayPass(_ error: WeComError) -> Bool {
        switch error.reaction {
        case .retry, .pause, .lowerConcurrency, .renewToken, .awaitTicket: true
        default: false
        }
    }

    /// What happened and what to do, without secrets.
    @Sendable private static func sentence(_ error: any Error) -> String {
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
