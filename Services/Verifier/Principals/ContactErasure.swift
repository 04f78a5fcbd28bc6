import FoundationEssentials
import Logging
import Messages
import Pipeline
import Postgres
import ServiceLifecycle

/// Forgets people's telephone numbers and addresses where their identity provider's settings do not let them out of the
/// directory any more.
///
/// Nobody is told them from the moment that the settings say so (``TokenIssuer``); this is so that they are not kept
/// either. The directory tells everybody anew without them besides, with its next run.
struct ContactErasure: Service {
    let configurations: ConfigurationTable
    let database: Database
    let logger: Logger
    let period: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            guard (try? await configurations.waitUntilCurrent()) != nil else { return }
            while !Task.isCancelled {
                do {
                    let count = try await erase()
                    if count > 0 { logger.info("contact details were erased", metadata: ["count": "\(count)"]) }
                } catch {
                    logger.warning("erasing contact details failed; trying again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: period)
            }
        }
    }

    /// Nothing follows from a configuration that is not there (architecture.md §3.7).
    ///
    /// - Returns: Of how many people something was erased.
    func erase() async throws -> Int {
        let silent = configurations.all.filter { !$0.tellsContactDetails }.map(\.id.uuid)
        guard !silent.isEmpty else { return 0 }
        return try await database.run(
            """
            update verifier.principals set phone_number = null, address = null
            where (phone_number is not null or address is not null) and idp_id = any(\(silent)::uuid[])
            returning 1
            """
        ).count
    }
}
