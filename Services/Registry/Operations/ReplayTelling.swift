import Logging
import Messages
import Replay
import Runtime
import ServiceLifecycle
import Synchronization

/// Tells again what this copy of the registry was asked for, each as long as it takes.
///
/// Should this copy end meanwhile, the run is given up after the usual silence; until then `bridgectl replay --resume` goes
/// on with it, and asking anew does no harm later.
///
/// Each reads the topic and has producers of its own, in the program that answers the API: they are bounded, those that wait
/// for their turn included.
struct ReplayTelling: Service {
    /// How many are told, or wait, at once.
    static let most = 16

    /// Room for some of them, until it is given back.
    private final class Places: Sendable {
        private let taken = Mutex(0)

        func take(_ count: Int) -> Bool {
            taken.withLock { taken in
                guard taken + count <= ReplayTelling.most else { return false }
                taken += count
                return true
            }
        }

        func giveBack(_ count: Int) { taken.withLock { $0 -= count } }
    }

    private let places = Places()
    private let works: AsyncStream<ReplayWork>
    private let continuation: AsyncStream<ReplayWork>.Continuation
    private let logger: Logger

    init(logger: Logger) {
        let pair = AsyncStream.makeStream(of: ReplayWork.self)
        works = pair.stream
        continuation = pair.continuation
        self.logger = logger
    }

    /// Keeps room for as many while they are begun, or throws ``Problem`` 409; what is not begun gives its room back.
    ///
    /// - Parameter beginning: Is given what has each of them told.
    @discardableResult
    func begin<Begun>(_ count: Int, _ beginning: ((ReplayWork) -> Void) async throws -> Begun) async throws -> Begun {
        guard places.take(count) else { throw Problem.tooManyReplays }
        let begun = Mutex(0)
        defer { places.giveBack(count - begun.withLock { $0 }) }
        return try await beginning { work in
            begun.withLock { $0 += 1 }
            continuation.yield(work)
        }
    }

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
        defer { places.giveBack(1) }
        do {
            try await work.tell()
        } catch {
            logger.error("a replay came to no end", metadata: ["run": "\(work.run.id)", "error": "\(error)"])
        }
    }
}

extension Problem {
    /// 409: this copy tells as much as it may.
    fileprivate static let tooManyReplays = Problem.conflict(
        "too-many-replays",
        "No more than \(ReplayTelling.most) replays are told at once, those that wait for their turn included.",
        fix: "Wait until some are over; bridgectl replay tells those of a tenant one after another."
    )
}
