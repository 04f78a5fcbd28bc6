import Kafka
import Logging
import Messages
import Pipeline
import Runtime
import ServiceLifecycle
import Synchronization

/// Hears on `sync.progress.v1` how far the writer has come, and tells the runs of this process.
final class CreditBook: Service, Sendable {
    private struct Account: Hashable {
        let run: RunID
        let fence: Fence
    }

    private let settings: StageSettings
    private let logger: Logger
    private let accounts = Mutex<[Account: Credit]>([:])
    private let opened = Bell()
    private let isOpen = Mutex(false)

    init(settings: StageSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Gives `credit` what is heard of a holder's pages, while `body` runs.
    func keeping<Result>(
        _ credit: Credit,
        of lease: Lease,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let account = Account(run: lease.run.run, fence: lease.fence)
        accounts.withLock { $0[account] = credit }
        defer { accounts.withLock { _ = $0.removeValue(forKey: account) } }
        return try await body()
    }

    /// Returns once the topic is read: what is reported from then on is heard. The book has to be running.
    func waitUntilOpen() async throws {
        while !isOpen.withLock({ $0 }) { try await opened.wait(atMost: .seconds(1)) }
    }

    /// Reads until graceful shutdown, whatever the brokers do meanwhile.
    ///
    /// - Throws: `KafkaError` when a setting is refused.
    func run() async throws {
        let consumer = try BroadcastConsumer(
            topics: [settings.namespace.name(of: TopicCatalogue.progress)],
            from: .end,
            settings: settings.kafka,
            logger: logger
        )
        var failures = 0
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                for record in try await consumer.poll(upTo: 1_000, patience: .milliseconds(250)) { take(record) }
                if try await consumer.isCaughtUp() { open() }
                failures = 0
            } catch {
                failures += 1
                logger.warning("the progress cannot be read", metadata: ["error": "\(error)"])
                let wait = settings.backoff.delay(attempt: failures)
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
            }
            for credit in accounts.withLock({ Array($0.values) }) { credit.tick() }
        }
        try await consumer.close()
    }

    private func open() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = true }
            return isOpen
        }
        if !wasOpen { opened.ring() }
    }

    private func take(_ record: Record) {
        guard let message = try? IncomingMessage(record), let run = message.envelope.run else { return }
        switch message.envelope.type {
        case StageProgress.type:
            guard let fence = message.envelope.position?.fence,
                let credit = accounts.withLock({ $0[Account(run: run, fence: fence)] }),
                let progress = try? message.decode(StageProgress.self), progress.stage == .writer
            else { return }
            credit.applied(progress.pages)
        case RunFinished.type:
            for credit in accounts.withLock({ $0.filter { $0.key.run == run }.map(\.value) }) { credit.end() }
        default:
            return
        }
    }
}
