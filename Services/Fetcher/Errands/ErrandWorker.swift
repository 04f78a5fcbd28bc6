import Failures
import Kafka
import Logging
import Messages
import Metrics
import Pipeline
import Runtime
import ServiceLifecycle
import Traces
import WeCom

/// Claims errands and answers them, several at once: each with exactly one message, of the fence under which it was
/// worked on.
///
/// Whoever dies on the way leaves the errand to another, who asks again and answers with a later fence. Two answers of
/// one batch do no harm: the writer takes the first.
struct ErrandWorker: Service {
    let errands: ErrandStore
    let configurations: ConfigurationTable
    let sessions: CorpSessions
    let producer: Producer
    let bell: Bell
    let settings: FetcherSettings
    let context: ProgramContext
    private let deference = Deference()

    /// How an errand ended.
    private enum Ending: String {
        case answered
        /// It could not be read, or the run was cancelled: the run is ended.
        case aborted
        /// It asks for a run of another tenant's identity provider.
        case ignored
    }

    /// How long an errand that failed on its way waits to be claimed again.
    private static let backoff = Backoff(first: .seconds(1), limit: .seconds(20))

    /// Works until graceful shutdown.
    func run() async throws {
        guard await isReady() else { return try await gracefulShutdown() }
        let loop = WorkLoop(
            limit: settings.concurrentErrands,
            bell: bell,
            deference: deference,
            backoff: settings.stage.backoff,
            context: context,
            claim: { try await errands.claim() },
            attend: { await attend($0) }
        )
        await loop.run()
    }

    /// Nobody is asked for before the configuration is known.
    private func isReady() async -> Bool {
        await cancelWhenGracefulShutdown { (try? await configurations.waitUntilCurrent()) != nil }
    }

    private func attend(_ lease: ErrandLease) async {
        let subject = lease.errand.subject
        await TraceSpan.during("ask for missing", kind: .consumer, of: subject.trace) { span in
            span.describe(subject.run, of: subject.identityProvider)
            await attend(lease, span)
        }
    }

    private func attend(_ lease: ErrandLease, _ span: TraceSpan) async {
        let logger = logger(of: lease)
        let start = ContinuousClock.now
        do {
            let ending = try await cancelWhenGracefulShutdown { try await beating(lease, logger) }
            deference.noteSuccess()
            try await errands.finish(lease, isRunOver: ending == .aborted)
            count(ending.rawValue)
            span.set("wecombridge.ending", .text(ending.rawValue))
            logger.info("errand done", metadata: ["ending": "\(ending)", "size": "\(lease.errand.size)"])
        } catch is LeaseLost {
            count("lost")
            span.fail("lease lost")
            logger.warning("the lease of the errand was lost")
        } catch {
            span.fail("\(type(of: error))")
            await handBack(lease, after: error, since: start, logger)
        }
    }

    /// Answers while the lease is kept.
    private func beating(_ lease: ErrandLease, _ logger: Logger) async throws -> Ending {
        let heartbeat = Heartbeat(duration: errands.leases.duration, logger: logger) { [errands] in
            try await errands.renew(lease)
        }
        do {
            if lease.isCancelled { throw Heartbeat.RunCancelled() }
            return try await withThrowingTaskGroup(of: Ending.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await heartbeat.beat(since: lease.tenure.claimedAt) }
                group.addTask { try await answer(lease, logger) }
                guard let ending = try await group.next() else { throw CancellationError() }
                return ending
            }
        } catch is Heartbeat.RunCancelled {
            return try await abort(lease, RunFailure(.cancelled, "The run was cancelled."))
        }
    }

    private func answer(_ lease: ErrandLease, _ logger: Logger) async throws -> Ending {
        let admission = RunAdmission(configurations: configurations, patience: settings.configurationPatience)
        do {
            guard let question = lease.errand.question else {
                try admission.check(ownerOf: lease.errand.subject)
                let reason = "Whom the run missed could not be asked for, as the question could not be read."
                return try await abort(lease, RunFailure(.failed, reason, cause: .unreadable))
            }
            let work = ErrandWork(
                errand: lease.errand,
                question: question,
                admission: admission,
                sessions: sessions,
                concurrency: settings.session.concurrency
            )
            try await send(try await work.answer(), lease)
            return .answered
        } catch let failure as RunFailure where failure == .foreignTenant {
            logger.warning("the errand is another tenant's than its identity provider")
            return .ignored
        } catch  where FailureClass(of: error) == .permanent {
            logger.error("the errand fails for good", metadata: ["error": "\(error)"])
            return try await abort(lease, RunFailure(.failed, "Whom the run missed cannot be asked for: \(error)."))
        }
    }

    /// Ends the run of an errand that cannot be answered.
    private func abort(_ lease: ErrandLease, _ failure: RunFailure) async throws -> Ending {
        try await send(RunAborted(failure), lease)
        return .aborted
    }

    private func send(_ message: some Message, _ lease: ErrandLease) async throws {
        let envelope = lease.errand.subject
            .envelope(type(of: message).type, source: context.source, fence: lease.tenure.fence)
        let record = try OutgoingRecord(
            message,
            envelope: envelope,
            to: TopicCatalogue.wecomRecords,
            in: settings.stage.namespace
        )
        _ = try await producer.send([record])
    }

    private func handBack(
        _ lease: ErrandLease,
        after error: any Error,
        since start: ContinuousClock.Instant,
        _ logger: Logger
    ) async {
        let isStopping = error is CancellationError
        count(isStopping ? "handed_back" : "failed_on_the_way")
        if !isStopping {
            logger.warning("the errand failed on its way and is given back", metadata: ["error": "\(error)"])
        }
        do {
            let failures = isStopping ? 0 : try await errands.failures(of: lease) + 1
            let delay = isStopping ? .zero : Self.backoff.delay(attempt: failures)
            if error is KafkaError { deference.begin(after: delay, since: start) }
            try await errands.handBack(lease, after: delay, hasFailed: !isStopping)
        } catch {
            let metadata: Logger.Metadata = ["error": "\(error)"]
            logger.warning("the errand could not be given back, its lease will run out", metadata: metadata)
        }
    }

    private func count(_ ending: String) {
        Counter(label: "fetcher.errands", dimensions: [("ending", ending)]).increment()
    }

    /// The program's logger, for what concerns one errand.
    private func logger(of lease: ErrandLease) -> Logger {
        var logger = context.logger
        logger[metadataKey: "run"] = "\(lease.errand.subject.run)"
        logger[metadataKey: "idp"] = "\(lease.errand.subject.identityProvider)"
        logger[metadataKey: "batch"] = "\(lease.errand.batch)"
        logger[metadataKey: "fence"] = "\(lease.tenure.fence)"
        return logger
    }
}
