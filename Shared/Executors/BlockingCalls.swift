/// A queue for calls that block, one after the other, beside whatever its owner does meanwhile.
public actor BlockingCalls {
    private let executor: BlockingExecutor

    /// The actor's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameter label: Names the queue in debuggers.
    public init(label: String) {
        executor = BlockingExecutor(label: label)
    }

    /// Makes a call, after those before it, and waits for it.
    public func run<Result: Sendable>(_ call: @Sendable () throws -> Result) throws -> Result {
        try call()
    }
}
