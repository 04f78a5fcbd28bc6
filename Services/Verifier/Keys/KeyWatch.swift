import Logging
import ServiceLifecycle

/// Looks for keys that are new, or whose turn has come.
struct KeyWatch: Service {
    let keys: KeyRing
    let logger: Logger
    let period: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: period)
                do {
                    try await keys.load()
                } catch  where !Task.isCancelled {
                    logger.warning("looking for signing keys failed", metadata: ["error": "\(error)"])
                } catch {}
            }
        }
    }
}
