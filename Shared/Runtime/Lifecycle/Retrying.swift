public import Logging

/// Does something until it succeeds, with waits in between.
///
/// - Parameters:
///   - what: What is being done, for the log: `connect to the database`.
///   - attempts: How often at most; without it, for ever.
///   - isTransient: Whether an error may pass; others are thrown at once.
/// - Throws: The last error, or `CancellationError` when the task is cancelled while it waits.
public func retrying<Result>(
    _ what: String,
    attempts: Int? = nil,
    backoff: Backoff = Backoff(),
    logger: Logger,
    isTransient: (any Error) -> Bool = { _ in true },
    _ body: () async throws -> Result
) async throws -> Result {
    var attempt = 1
    while true {
        do {
            return try await body()
        } catch {
            guard !(error is CancellationError), isTransient(error), attempts.map({ attempt < $0 }) ?? true else {
                throw error
            }
            logger.warning(
                "failed, trying again",
                metadata: ["what": "\(what)", "attempt": "\(attempt)", "error": "\(error)"]
            )
            try await Task.sleep(for: backoff.delay(attempt: attempt))
            attempt += 1
        }
    }
}
