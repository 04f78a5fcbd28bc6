import Logging
import Messages
import Pipeline
import Runtime

/// One holder's work on a run, with the heartbeat that keeps it the holder.
struct RunAttendance: Sendable {
    /// How the work on a run ended.
    enum Ending: Equatable, Sendable {
        case fetched(isComplete: Bool)
        case aborted(RunFailure)
        /// Somebody else has ended the run.
        case over

        /// For logs and metrics.
        var name: String {
            switch self {
            case .fetched(let isComplete): isComplete ? "complete" : "incomplete"
            case .aborted(let failure): failure.outcome.rawValue
            case .over: "over"
            }
        }

        var reason: String? {
            if case .aborted(let failure) = self { failure.reason } else { nil }
        }
    }

    let worker: RunWorker
    let lease: Lease
    let logger: Logger

    /// Works until the run's last message is with the brokers.
    ///
    /// - Throws: ``LeaseLost`` when another holder has taken over; anything else when the run is to be given back.
    func work() async throws -> Ending {
        let credit = Credit(
            window: Window(most: worker.settings.windowPages, delay: worker.settings.windowDelay),
            patience: worker.settings.creditPatience
        )
        let sender = RunSender(
            lease,
            producer: worker.producer,
            namespace: worker.settings.stage.namespace,
            source: worker.context.source,
            credit: credit
        )
        return try await worker.book.keeping(credit, of: lease) {
            do {
                return try await beating { try await fetch(sender) }
            } catch is Heartbeat.RunCancelled {
                return try await abort(RunFailure(.cancelled, "The run was cancelled."), sender)
            }
        }
    }

    /// Runs `body` while the lease is kept, and ends it when the lease is lost.
    private func beating(_ body: @escaping @Sendable () async throws -> Ending) async throws -> Ending {
        let heartbeat = Heartbeat(leases: worker.leases, logger: logger)
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await heartbeat.beat(lease) }
            group.addTask { try await body() }
            guard let ending = try await group.next() else { throw CancellationError() }
            return ending
        }
    }

    private func fetch(_ sender: RunSender) async throws -> Ending {
        do {
            try await sender.start()
            if lease.isCancelled { throw Heartbeat.RunCancelled() }
            let fetch = RunFetch(
                lease: lease,
                configurations: worker.configurations,
                sessions: worker.sessions,
                checkpoints: worker.checkpoints,
                pageSets: worker.pageSets,
                sender: sender,
                settings: worker.settings
            )
            let result = try await fetch.read()
            try await sender.end(result.manifest)
            try await remember(result)
            return .fetched(isComplete: result.manifest.isComplete)
        } catch let failure as RunFailure {
            return try await abort(failure, sender)
        } catch is Credit.RunIsOver {
            return .over
        } catch is Credit.NoWord {
            return try await abort(RunFailure(.failed, "The directory takes no pages of the run."), sender)
        }
    }

    /// Keeps what the next run can go on from. Without it all of that one travels, and this one is done all the same.
    private func remember(_ result: RunFetch.Result) async throws {
        guard result.manifest.isComplete, let pages = result.pages else { return }
        do {
            try await worker.pageSets.save(pages, plan: result.departments, under: lease)
        } catch let lost as LeaseLost {
            throw lost
        } catch {
            logger.warning("the pages could not be remembered", metadata: ["error": "\(error)"])
        }
    }

    private func abort(_ failure: RunFailure, _ sender: RunSender) async throws -> Ending {
        try await sender.abort(failure)
        return .aborted(failure)
    }
}
