import Logging
import Messages
import Pipeline
import ServiceLifecycle
import Synchronization

/// Ends the sessions of identity providers whose configuration says that nobody may log on: closed, deleted or revoked;
/// and those of people of another enterprise than the one that is behind an identity provider now. At once when one says
/// so, and at start-up those of the ones that came to say so meanwhile.
///
/// It looks besides for sessions of clients that may have nothing any more (``SessionStore/closedClients()``). What cannot
/// be ended is tried again, and keeps nobody else waiting.
///
/// Nothing follows from a configuration that is not there: its sessions stay (architecture.md §3.7).
final class ClosingWatch: Service, Sendable {
    private let configurations: ConfigurationTable
    private let sessions: SessionStore
    private let logger: Logger
    private let period: Duration
    /// The identity providers whose sessions could not be ended.
    private let failed = Mutex<Set<IdentityProviderID>>([])

    /// How long after a failure it is tried again.
    private static let pause = Duration.milliseconds(250)

    /// - Parameter period: How often it looks at all live sessions besides, for one that began while its identity provider
    ///   or its client was closed.
    init(configurations: ConfigurationTable, sessions: SessionStore, logger: Logger, period: Duration) {
        self.configurations = configurations
        self.sessions = sessions
        self.logger = logger
        self.period = period
    }

    func run() async throws {
        let changes = configurations.changes()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { for await change in changes { await self.end(change) } }
                group.addTask { await self.retryPeriodically() }
                group.addTask { await self.sweepPeriodically() }
            }
        }
    }

    /// By the configuration that there is then: an identity provider that was opened again keeps what began since.
    private func retryPeriodically() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
            for id in failed.withLock({ $0 }) {
                if let configuration = configurations.configuration(id) { await end(configuration) }
            }
        }
    }

    private func sweepPeriodically() async {
        guard (try? await configurations.waitUntilCurrent()) != nil else { return }
        while !Task.isCancelled {
            await sweep()
            try? await Task.sleep(for: period)
        }
    }

    private func sweep() async {
        do {
            for id in try await sessions.identityProviders() {
                if let configuration = configurations.configuration(id) { await end(configuration) }
            }
            for client in try await sessions.closedClients() { await end(ofClient: client) }
        } catch {
            logger.warning("looking for sessions to end failed", metadata: ["error": "\(error)"])
        }
    }

    /// Ends the identity provider's sessions if it is shut, else those of an earlier generation.
    private func end(_ configuration: IdentityProviderConfiguration) async {
        let id = configuration.id
        do {
            let count = try await endSessions(of: configuration)
            failed.withLock { _ = $0.remove(id) }
            if count > 0 {
                logger.info(
                    "sessions of people who may no longer log on ended",
                    metadata: ["identityProvider": "\(id)", "count": "\(count)"]
                )
            }
        } catch {
            failed.withLock { _ = $0.insert(id) }
            logger.warning(
                "ending sessions failed; trying again",
                metadata: ["identityProvider": "\(id)", "error": "\(error)"]
            )
        }
    }

    /// - Returns: How many there were.
    private func endSessions(of configuration: IdentityProviderConfiguration) async throws -> Int {
        if configuration.isShut {
            return try await sessions.endAll(of: configuration.id, isDeleted: configuration.status == .deleted)
        }
        guard configuration.generation > .first else { return 0 }
        return try await sessions.endAll(of: configuration.id, before: configuration.generation)
    }

    /// What fails comes again with the next look.
    private func end(ofClient client: String) async {
        do {
            let count = try await sessions.endAll(ofClosed: client)
            if count > 0 {
                logger.info(
                    "sessions that began while their client was closed ended",
                    metadata: ["client": "\(client)", "count": "\(count)"]
                )
            }
        } catch {
            logger.warning(
                "ending a client's sessions failed; trying again",
                metadata: ["client": "\(client)", "error": "\(error)"]
            )
        }
    }
}
