import Logging
import Messages
import Pipeline
import ServiceLifecycle

/// Ends the sessions of identity providers whose configuration says that nobody may log on: closed, deleted or revoked;
/// and those of people of another enterprise than the one that is behind an identity provider now. At once when one says so, and at start-up those of the ones that came to say so meanwhile.
///
/// Nothing follows from a configuration that is not there: its sessions stay (architecture.md §3.7).
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
                group.addTask { for await change in changes { await end(change) } }
                group.addTask { await sweepPeriodically() }
            }
        }
    }

    private func sweepPeriodically() async {
        guard (try? await configurations.waitUntilCurrent()) != nil else { return }
        while !Task.isCancelled {
            do {
                for id in try await sessions.identityProviders() {
                    if let configuration = configurations.configuration(id) { await end(configuration) }
                }
            } catch {
                logger.warning("looking for sessions to end failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: period)
        }
    }

    /// Ends the identity provider's sessions if it is shut, else those of an earlier generation; tries again until it could.
    private func end(_ configuration: IdentityProviderConfiguration) async {
        guard configuration.isShut || configuration.generation > .first else { return }
        while !Task.isCancelled {
            do {
                let count =
                    if configuration.isShut {
                        try await sessions.endAll(
                            of: configuration.id,
                            isDeleted: configuration.status == .deleted
                        )
                    } else {
                        try await sessions.endAll(of: configuration.id, before: configuration.generation)
                    }
                if count > 0 {
                    logger.info(
                        "sessions of people who may no longer log on ended",
                        metadata: ["identityProvider": "\(configuration.id)", "count": "\(count)"]
                    )
                }
                return
            } catch {
                logger.warning("ending sessions failed; trying again", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
    }
}
