import FoundationEssentials
import Messages
import Postgres

/// One connection of a tenant to a WeCom, as it is stored.
struct IdentityProvider: Sendable, Equatable {
    /// What every service is told.
    var configuration: IdentityProviderConfiguration
    /// The number of its last run.
    var lastEpoch: Epoch
    /// When the schedule starts the next run; nil when it starts none.
    var nextRunAt: Timestamp?
    /// How many runs have failed in a row.
    var failures = 0
    /// Set while it is synchronised slowly.
    var quarantine: Quarantine?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    var id: IdentityProviderID { configuration.id }
    var tenant: TenantID { configuration.tenant }

    /// Whether the schedule starts runs: enabled, connected, of an active tenant, and set to be synchronised by itself.
    var isScheduled: Bool {
        configuration.status == .enabled && configuration.tenantStatus == .active
            && configuration.automaticSynchronization && configuration.isConnected
    }

    /// What a run that follows the settings synchronises.
    var usualRun: RunWork { configuration.synchronizesUsers ? .full : .departments }
}

extension IdentityProvider {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, configuration, last_epoch, \(time: "next_run_at"), failures, \(time: "quarantined_at"), quarantine_reason,
        \(time: "created_at"), \(time: "updated_at")
        """

    /// Whose row of ``columns`` it is, also where the configuration cannot be read.
    static func id(of row: Row) -> IdentityProviderID? { try? key(of: row) }

    /// As ``id(of:)``.
    static func key(of row: Row) throws -> IdentityProviderID { try columns(of: row).0 }

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let (_, configuration, epoch, next, failed, since, reason, created, updated) = try Self.columns(of: row)
        do {
            self.configuration = try .decode(Array(configuration.utf8))
        } catch {
            throw StoredDataError(what: "a configuration")
        }
        lastEpoch = epoch
        nextRunAt = next
        failures = failed
        quarantine = since.map { Quarantine(since: $0, reason: reason ?? "", failures: failed) }
        createdAt = created
        updatedAt = updated
    }

    private static func columns(
        of row: Row
    ) throws -> (IdentityProviderID, String, Epoch, Timestamp?, Int, Timestamp?, String?, Timestamp, Timestamp) {
        try row.decode(
            IdentityProviderID.self,
            String.self,
            Epoch.self,
            Timestamp?.self,
            Int.self,
            Timestamp?.self,
            String?.self,
            Timestamp.self,
            Timestamp.self
        )
    }
}
