import Dispatch

/// Runs an actor on a queue of its own, so that what the actor calls may block.
///
/// librdkafka and libpq are blocking libraries. An actor that wraps one runs on this
/// executor, calls straight through, and never holds up the cooperative pool:
///
/// ```swift
/// actor Connection {
///     private let executor = BlockingExecutor(label: "postgres")
///     nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
/// }
/// ```
///
/// Dispatch gives some 128 such queues a thread at the same time; more take turns.
public final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: Names the queue in debuggers.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs the job on the queue, after those before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
