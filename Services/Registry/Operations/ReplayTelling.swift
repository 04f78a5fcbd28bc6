import Logging
import Replay
import ServiceLifecycle

/// Tells again what this copy of the registry was asked for, each as long as it takes.
///
/// Should this copy end meanwhile, the run is given up after the usual silence; until then `bridgectl replay --resume` goes
/// on with it, and asking anew does no harm later.
struct ReplayTelling: Service {
    private let works: AsyncStream<ReplayWork>
    private let continuation: AsyncStream<ReplayWork>.Continuation
    private let logger: Logger

    init(logger: Logger) {
        let pair = AsyncStream.makeStream(of: ReplayWork.self)
        works = pair.stream
        continuation = pair.continuation
        self.logger = logger
    }

    /// Has it told, beside all that is told already.
    func begin(_ work: ReplayWork) { continuation.yield(work) }

    /// Tells all that is asked for, until graceful shutdown.
    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await work in works {
                    group.addTask { await tell(work) }
                }
            }
        }
    }

    private func tell(_ work: ReplayWork) async {
        do {
            try await work.tell()
        } catch {
            logger.error("a replay came to no end", metadata: ["run": "\(work.run.id)", "error": "\(error)"])
        }
    }
}
