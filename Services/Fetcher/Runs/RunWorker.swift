import Kafka
import Logging
import Messages
import Metrics
import Pipeline
import Postgres
import Runtime
import ServiceLifecycle
import Traces

/// Claims runs and works on them, many at once: what is scarce is calls to WeCom, and those are shared between
/// enterprises (``CallSlots``).
///
/// A run is worked on under a lease. When the program stops, or something fails on the way, the run goes back
/// to the inbox, and whoever claims it next goes on from the checkpoint, with a higher fence.
struct RunWorker: Service {
    let leases: LeaseStore
    let checkpoints: CheckpointStore
    let pageSets: PageSetStore
    let configurations: ConfigurationTable
    let sessions: CorpSessions
    let book: CreditBook
    let producer: Producer
    let answers: RunAnswers
    let bell: Bell
    /// What pages of all runs may take until they are sent.
    let memory = PageMemory()
    let settings: FetcherSettings
    let context: ProgramContext
    private let deference = Deference()

    private var logger: Logger { context.logger }

    /// How long a run that failed on its way waits to be claimed again.
    private static let backoff = Backoff(first: .seconds(1), limit: .seconds(60))

    /// Works until graceful shutdown.
    func run() async throws {
        guard await isReady() else { return try await gracefulShutdown() }
        let loop = WorkLoop(
            limit: settings.concurrentRuns,
            bell: bell,
            deference: deference,
            backoff: settings.stage.backoff,
            context: context,
            claim: { try await leases.claim() },
            attend: { await attend($0) }
        )
        await loop.run()
    }

    /// No run is taken before the configuration and the writers' reports are heard.
    private func isReady() async -> Bool {
        await cancelWhenGracefulShutdown {
            do {
                try await configurations.waitUntilCurrent()
                try await book.waitUntilOpen()
                return true
            } catch {
                return false
            }
        }
    }

    private func attend(_ lease: Lease) async {
        await TraceSpan.during("fetch", kind: .consumer, of: lease.run.subject.trace) { span in
            span.describe(lease.run.run, of: lease.run.identityProvider)
            await attend(lease, span)
        }
    }

    /// Works on a run until it is done, lost or given back.
    private func attend(_ lease: Lease, _ span: TraceSpan) async {
        let logger = logger.about(lease)
        let start = ContinuousClock.now
        logger.info("run claimed")
        do {
            let ending = try await cancelWhenGracefulShutdown {
                try await RunAttendance(worker: self, lease: lease, logger: logger).work()
            }
            deference.noteSuccess()
            try await leases.finish(lease)
            count(ending.name)
            span.set("wecombridge.ending", .text(ending.name))
            logger.info("run done", metadata: ["ending": "\(ending.name)", "reason": "\(ending.reason ?? "")"])
        } catch is LeaseLost {
            count("lost")
            span.fail("lease lost")
            logger.warning("the lease of the run was lost")
        } catch let wait as RunMustWait {
            await postpone(lease, wait, logger)
        } catch {
            span.fail("\(type(of: error))")
            await handBack(lease, after: error, since: start, logger)
        }
    }

    private func postpone(_ lease: Lease, _ wait: RunMustWait, _ logger: Logger) async {
        count("postponed")
        do {
            let delay = try await leases.postpone(lease)
            let code = wait.code.map(String.init) ?? ""
            logger.warning(
                "WeCom lets nothing more be read, the run waits",
                metadata: ["for": "\(delay)", "error": "\(code)"]
            )
        } catch {
            logger.warning("the run could not be given back, its lease will run out", metadata: ["error": "\(error)"])
        }
    }

    private func handBack(
        _ lease: Lease,
        after error: any Error,
        since start: ContinuousClock.Instant,
        _ logger: Logger
    ) async {
        let isStopping = error is CancellationError
        count(isStopping ? "handed_back" : "failed_on_the_way")
        if isStopping {
            logger.info("the run is given back")
        } else {
            logger.warning("the run failed on its way and is given back", metadata: ["error": "\(error)"])
        }
        do {
            let failures = isStopping ? 0 : try await leases.failures(of: lease) + 1
            let delay = isStopping ? .zero : Self.backoff.delay(attempt: failures)
            if error is KafkaError { deference.begin(after: delay, since: start) }
            try await leases.handBack(lease, after: delay, hasFailed: !isStopping)
        } catch {
            logger.warning("the run could not be given back, its lease will run out", metadata: ["error": "\(error)"])
        }
    }

    private func count(_ ending: String) {
        Counter(label: "fetcher.runs", dimensions: [("ending", ending)]).increment()
    }
}

extension Logger {
    /// The same logger, for what concerns one run.
    fileprivate func about(_ lease: Lease) -> Logger {
        var logger = self
        logger[metadataKey: "run"] = "\(lease.run.run)"
        logger[metadataKey: "idp"] = "\(lease.run.identityProvider)"
        logger[metadataKey: "position"] = "\(lease.position)"
        return logger
    }
}
