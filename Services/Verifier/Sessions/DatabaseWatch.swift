import Logging
import Postgres
import Runtime
import ServiceLifecycle

/// Makes the program unready while PostgreSQL does not answer: nobody can log on then.
struct DatabaseWatch: Service {
    let database: Database
    let readiness: Readiness
    let logger: Logger
    let period: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: period)
            }
        }
    }

    private func look() async {
        do {
            try await database.run("select 1")
            readiness.set("database", ready: true)
        } catch  where !Task.isCancelled {
            logger.warning("the database does not answer", metadata: ["error": "\(error)"])
            readiness.set("database", ready: false, reason: "\(error)")
        } catch {}
    }
}
