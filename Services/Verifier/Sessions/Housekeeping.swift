import Logging
import Postgres
import ServiceLifecycle

/// Deletes what nobody needs any more.
struct Housekeeping: Service {
    let database: Database
    let logger: Logger
    let period: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await clean()
                } catch {
                    logger.warning("housekeeping failed; trying again later", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: period)
            }
        }
    }

    /// Codes and tokens are kept for a while after their use, so that a second use is noticed; diagnoses for 90 days,
    /// as long as `auth.events.v1` names them.
    func clean() async throws {
        let statements: [SQL] = [
            "delete from verifier.logon_states where expires_at < now()",
            "delete from verifier.authorization_requests where expires_at < now()",
            "delete from verifier.codes where expires_at < now() - interval '1 day'",
            "delete from verifier.refresh_tokens where expires_at < now() - interval '1 day'",
            "delete from verifier.sessions where expires_at < now() - interval '30 days'",
            "delete from verifier.diagnoses where created_at < now() - interval '90 days'",
        ]
        for statement in statements { try await database.run(statement) }
    }
}
