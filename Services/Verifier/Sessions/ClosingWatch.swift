import Logging
import Messages
import Pipeline
import ServiceLifecycle

/// Ends the sessions of identity providers that are closed, revoked or deleted: at once when one is, and at start-up
/// those of the ones that were meanwhile.
struct ClosingWatch: Service {
    let configurations: ConfigurationTable
    let sessions: SessionStore
    let logger: Logger

    /// How often it looks at all live sessions besides, for one that began while its identity provider was closed.
    let period: Duration

    func run() async throws {
        let changes = configurations.changes()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await follow(changes) }
                group.addTask { await sweepPeriodically() }
            }
        }
    }

    private func follow(_ changes: AsyncStream<ConfigurationChange>) async {
        for await change in changes {
            switch change {
            case .changed(let configuration): await end(configuration.id)
            case .deleted(let id): await end(id)
            }
        }
    }

    private func sweepPeriodically() async {
        guard (try? await configurations.waitUntilCurrent()) != nil else { return }
        while !Task.isCancelled {
            do {
                for id in try await sessions.identityProviders() { await end(id) }
            } catch {
                logger.warning("looking for sessions to end failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: period)
        }
    }

    /// Ends the identity provider's sessions if it is not open; tries again until it could.
    private func end(_ id: IdentityProviderID) async {
        let configuration = configurations.configuration(id)
        guard configuration == nil ? configurations.isGone(id) : Self.isShut(configuration) else { return }
        while !Task.isCancelled {
            do {
                let count = try await sessions.endAll(of: id, isDeleted: configuration == nil)
                if count > 0 {
                    logger.info(
                        "sessions of an identity provider that is not open ended",
                        metadata: ["identityProvider": "\(id)", "count": "\(count)"]
                    )
                }
                return
            } catch {
                logger.warning("ending sessions failed; trying again", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    /// Whether nobody may go on with sessions of the identity provider. One whose authorization is pending or has
    /// lapsed keeps the sessions that it has.
    static func isShut(_ configuration: IdentityProviderConfiguration?) -> Bool {
        guard let configuration else { return true }
        return configuration.status == .closed || configuration.authorization == .revoked
    }
}
