import Failures
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
        /// Ended without the writer's hearing of it.
        case refused(RunFailure)
        /// Somebody else has ended the run.
        case over

        /// For logs and metrics.
        var name: String {
            switch self {
            case .fetched(let isComplete): isComplete ? "complete" : "incomplete"
            case .aborted(let failure), .refused(let failure): failure.outcome.rawValue
            case .over: "over"
            }
        }

        var reason: String? {
            switch self {
            case .aborted(let failure), .refused(let failure): failure.reason
            case .fetched, .over: nil
            }
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
                return try await beating(sender) { try await attend(sender) }
            } catch is Heartbeat.RunCancelled {
                return try await abort(RunFailure(.cancelled, "The run was cancelled."), sender)
            }
        }
    }

    /// Runs `body` while the lease is kept, and ends it when the lease is lost.
    private func beating(
        _ sender: RunSender,
        _ body: @escaping @Sendable () async throws -> Ending
    ) async throws -> Ending {
        let heartbeat = Heartbeat(duration: worker.leases.duration, logger: logger) { [leases = worker.leases, lease] in
            try await leases.renew(lease)
        }
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await heartbeat.beat(since: lease.claimedAt) }
            group.addTask { try await sender.beat() }
            group.addTask { try await body() }
            guard let ending = try await group.next() else { throw CancellationError() }
            return ending
        }
    }

    /// Ends the run for whatever keeps it from its work for good.
    private func attend(_ sender: RunSender) async throws -> Ending {
        do {
            if lease.isCancelled { throw Heartbeat.RunCancelled() }
            switch lease.run.kind {
            case .delete: return try await delete(sender)
            case .replay: throw RunFailure(.failed, "A replay is nobody's to fetch.", cause: .unreadable)
            case .reject, .undo: return try await decide(sender)
            case .full, .repair, .departments, .objects, .apply: return try await fetch(sender)
            }
        } catch let failure as RunFailure where failure == .foreignTenant {
            let owner = worker.configurations.configuration(lease.run.identityProvider)?.tenant
            try await worker.answers.send([RunEnd(subject: lease.run.subject.owned(by: owner), failure: failure)])
            return .refused(failure)
        } catch let failure as RunFailure {
            return try await abort(failure, sender)
        } catch is Credit.RunIsOver {
            return .over
        } catch is Credit.NoWord {
            let failure = RunFailure(.failed, "The directory takes no pages of the run.", cause: .unanswered)
            return try await abort(failure, sender)
        } catch let unreachable as WeComUnreachable {
            guard try await worker.leases.failures(of: lease) + 1 >= Self.mostTimesUnreachable else {
                throw unreachable
            }
            return try await abort(RunFailure(unreachable.error), sender)
        } catch  where FailureClass(of: error) == .permanent {
            logger.error("the run fails for good", metadata: ["error": "\(error)"])
            return try await abort(RunFailure(.failed, "The run cannot be read: \(error)."), sender)
        } catch  where Self.isOurs(error) {
            guard try await worker.leases.failures(of: lease) + 1 >= Self.mostFailures else { throw error }
            logger.error("the run fails again and again", metadata: ["error": "\(error)"])
            return try await abort(RunFailure(.failed, "The run fails again and again: \(error)."), sender)
        }
    }

    /// How often a run may find WeCom unreachable, or fail on its way otherwise, before it ends for that.
    private static let mostTimesUnreachable = 3

    /// How often a run may fail on its way by an error that neither the database nor the brokers explain.
    private static let mostFailures = 10

    /// Whether it is a failure of this program, rather than of what it needs: it need not pass by waiting.
    static func isOurs(_ error: any Error) -> Bool {
        switch error {
        case is any ClassifiedFailure, is CancellationError, is LeaseLost, is RunMustWait, is WeComUnreachable,
            is Heartbeat.RunCancelled:
            false
        default: true
        }
    }

    private var admission: RunAdmission {
        RunAdmission(configurations: worker.configurations, patience: worker.settings.configurationPatience)
    }

    /// Needs no connection, no credentials and no WeCom (architecture.md §3.7).
    private func delete(_ sender: RunSender) async throws -> Ending {
        try admission.check(ownerOf: lease.run.subject)
        try await sender.endOvertaken()
        try await sender.start()
        try await sender.end(.nothing(scope: lease.run.terms.scope))
        return .fetched(isComplete: true)
    }

    /// What is held stays, or who was removed is there again: nobody needs to be asked.
    private func decide(_ sender: RunSender) async throws -> Ending {
        try admission.check(lease.run.subject, lease.run.terms)
        try await sender.start()
        try await sender.end(.nothing(scope: lease.run.terms.scope))
        return .fetched(isComplete: true)
    }

    private func fetch(_ sender: RunSender) async throws -> Ending {
        let configuration = try await admission.configuration(
            for: lease.run.subject,
            lease.run.terms,
            revision: lease.run.revision
        )
        try await sender.start()
        let fetch = RunFetch(
            lease: lease,
            configuration: configuration,
            admission: admission,
            sessions: worker.sessions,
            checkpoints: worker.checkpoints,
            pageSets: worker.pageSets,
            sender: sender,
            memory: worker.memory,
            settings: worker.settings
        )
        let result = try await fetch.read()
        try await sender.end(result.manifest)
        try await remember(result)
        return .fetched(isComplete: result.manifest.isComplete)
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

extension FetchManifest {
    /// Of a run that reads nothing.
    ///
    /// - Parameter range: What the app may see, where that is known.
    static func nothing(scope: SynchronizationScope, range: RangeReading.Result? = nil) -> FetchManifest {
        FetchManifest(
            departmentsExpected: 0,
            departmentsRead: 0,
            pages: 0,
            distinctUsers: 0,
            userDigest: .zero,
            departmentDigest: .zero,
            scopeHash: scope.hash,
            visibleRangeHash: range?.range.hash ?? .zero,
            isRangeWhole: range?.isWhole ?? true,
            isComplete: range?.isWhole ?? true,
            incompleteReasons: range?.shortcomings ?? []
        )
    }
}
