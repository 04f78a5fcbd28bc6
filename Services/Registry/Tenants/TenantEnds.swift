import BackgroundWork
import Messages
import Postgres

/// Ends the tenants whose identity providers are deleted, down to the last run that shuts people out.
struct TenantEnds: Sendable {
    let ledger: Ledger

    var step: Step { .each("deleted tenants", of: due, end) }

    private static let isOver: SQL = """
        status = 'deleting' and not exists (
            select from registry.identity_providers provider
            where provider.tenant = tenants.id and (not provider.is_deleted or exists (
                select from registry.runs run
                where run.idp = provider.id and run.kind = 'delete'
                    and (run.state <> 'finished' or run.outcome in ('failed', 'cancelled') and run.restarted_as is null)
            ))
        )
        """

    private func due() async throws -> [TenantID] {
        try await ledger.database.run(
            "select id from registry.tenants where \(Self.isOver) limit 100"
        ).decode(TenantID.self)
    }

    private func end(_ id: TenantID) async throws {
        try await ledger.change { connection in
            let rows = try connection.run(
                """
                update registry.tenants
                set status = 'deleted', version = version + 1, status_since = now(), status_reason = null
                where id = \(id) and \(Self.isOver) returning id
                """
            )
            if rows.isEmpty { return }
            for table: SQL in ["registry.extended_fields", "registry.webhooks"] {
                try connection.run("delete from \(table) where tenant = \(id)")
            }
            try AuditEntry("tenant.ended", "tenant", id.uuid, of: id, by: .system).append(on: connection)
        }
    }
}
