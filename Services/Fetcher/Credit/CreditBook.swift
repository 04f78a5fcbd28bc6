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

    private struct Entry {
        let credit: Credit
        /// The partition on which the run is told of, once it was.
        var partition: Int32?
    }

    private let settings: StageSettings
    private let logger: Logger
    private let accounts = Mutex<[Account: Entry]>([:])
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
        accounts.withLock { $0[account] = Entry(credit: credit) }
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
            for credit in credits() { credit.tick() }
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
        // Of a run that waits in the inbox nothing is on its way.
        if message.envelope.position?.fence.rawValue != 0 { note(run, on: record.position.partition) }
        switch message.envelope.type {
        case StageProgress.type:
            guard let fence = message.envelope.position?.fence,
                let credit = accounts.withLock({ $0[Account(run: run, fence: fence)] })?.credit,
                let progress = try? message.decode(StageProgress.self), progress.stage == .writer
            else { return }
            credit.applied(progress.pages)
        case RunFinished.type:
            for credit in credits(where: { account, _ in account.run == run }) { credit.end() }
        default:
            return
        }
    }

    /// Notes where a run is told of. Progress has the key that the records have, and its topic as many partitions, so
    /// whoever is told of on the same one shares the way to the writer.
    private func note(_ run: RunID, on partition: Int32) {
        let others = accounts.withLock { accounts in
            for account in accounts.keys where account.run == run { accounts[account]?.partition = partition }
            return accounts.filter { $0.key.run != run && $0.value.partition == partition }.map(\.value.credit)
        }
        for credit in others { credit.meetOther() }
    }

    private func credits(where isMeant: (Account, Entry) -> Bool = { _, _ in true }) -> [Credit] {
        accounts.withLock { $0.filter { isMeant($0.key, $0.value) }.map(\.value.credit) }
    }
}
