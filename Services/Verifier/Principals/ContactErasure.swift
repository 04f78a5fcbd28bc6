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

    /// How many people are erased at once, so that nobody waits for their rows for long.
    private static let batch = 1_000

    /// Nothing follows from a configuration that is not there (architecture.md §3.7). Whose row is held just now, as by a
    /// logon, is left for the next time.
    ///
    /// - Returns: Of how many people something was erased.
    func erase() async throws -> Int {
        let silent = configurations.all.filter { !$0.tellsContactDetails }.map(\.id.uuid)
        guard !silent.isEmpty else { return 0 }
        var (erased, last) = (0, Self.batch)
        while last == Self.batch, !Task.isCancelled {
            last = try await eraseBatch(of: silent)
            erased += last
        }
        return erased
    }

    private func eraseBatch(of silent: [UUID]) async throws -> Int {
        try await database.run(
            """
            with told as materialized (
                select tableoid as part, ctid as place from verifier.principals
                where (phone_number is not null or address is not null) and idp_id = any(\(silent)::uuid[])
                limit \(Self.batch) for update skip locked
            ), erased as (
                update verifier.principals set phone_number = null, address = null
                where ctid = any(array(select place from told))
                    and (tableoid, ctid) in (select part, place from told)
                returning 1
            ) select count(*) from erased
            """
        )[0].decode(Int.self)
    }
}
