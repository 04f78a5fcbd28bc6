import BackgroundWork
import Failures
import Logging
import Messages
import Postgres
import Runtime
import WeCom

/// Deals with the events that were kept, after WeCom got its answer: each is a reason to look after its enterprise. Any
/// number of registries may do so at once.
struct AuthorizationEvents: Sendable {
    let store: CallbackStore
    let logger: Logger

    /// The events in the order in which they came.
    var queue: WorkQueue<KeptCallback> {
        WorkQueue(
            "callbacks",
            table: CallbackStore.table,
            database: store.database,
            policy: .init(
                concurrency: 4,
                interval: .milliseconds(250),
                judge: { $1 is CallbackError ? .permanent : FailureClass(of: $1) }
            ),
            logger: logger,
            decode: { try store.callback($0) },
            work: { try await deal(with: $0) }
        )
    }

    private func deal(with claim: Claim<KeptCallback>) async throws {
        let event = try claim.item.event
        try await store.database.transaction { connection in
            switch event {
            case .changeAuth(let suite, let corp, _):
                try CorpAuthorizationStore.notice(suite.rawValue, corp, .changed, on: connection)
            case .cancelAuth(let suite, let corp):
                try CorpAuthorizationStore.notice(suite.rawValue, corp, .cancelled, on: connection)
            case .createAuth, .resetPermanentCode, .suiteTicket, .changeContact, .other: break
            }
            try claim.finish(on: connection)
        }
    }
}
