import Logging
import Runtime
import ServiceLifecycle

/// Does something again and again until the program stops; after an error, later and later.
struct Repeating: Service {
    /// What it does, for the log.
    let name: String
    /// From the end of one time to the beginning of the next.
    let pause: Duration
    let logger: Logger
    /// Told while it fails.
    var readiness: Readiness?
    let body: @Sendable () async throws -> Void

    func run() async throws {
        let backoff = Backoff(first: .milliseconds(500), limit: .seconds(15))
        var failures = 0
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await body()
                failures = 0
                readiness?.set(name, ready: true)
            } catch is CancellationError {
                continue
            } catch {
                failures += 1
                readiness?.set(name, ready: false, reason: "\(error)")
                logger.warning(
                    "failed, will be tried again",
                    metadata: ["what": "\(name)", "attempt": "\(failures)", "error": "\(error)"]
                )
            }
            let wait = failures == 0 ? pause : backoff.delay(attempt: failures)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }
}
