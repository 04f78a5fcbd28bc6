import BackgroundWork
import Egress
import Logging
import Postgres

/// Deletes what nobody needs any more, and has old signing keys followed by new ones.
///
/// Codes, also those of devices, are kept for a while after their use, so that a second use is noticed; diagnoses for 90 days, as long
/// as `auth.events.v1` names them.
enum Housekeeping {
    static func job(every period: Duration, on database: Database, keys: KeyStore, logger: Logger) -> PeriodicJob {
        PeriodicJob(
            "housekeeping",
            every: period,
            schema: Migrations.schema,
            database: database,
            logger: logger,
            steps: deletions.map { Step.deletion($0, from: $1, where: $2, in: database) }
                + EgressSchema.cleanUp(schema: Migrations.schema, in: database)
                + [Step("signing keys") { try await keys.rotateWhenDue() }]
        )
    }

    /// What is deleted: its name, its table, and which rows.
    private static let deletions: [(String, SQL, SQL)] = [
        ("used tickets", "verifier.used_tickets", "expires_at < now()"),
        ("client assertions", "verifier.client_assertions", "expires_at < now()"),
        ("pushed requests", "verifier.pushed_requests", "expires_at < now()"),
        ("devices", "verifier.device_grants", "expires_at < now() - interval '1 day'"),
        ("logout notices", "verifier.logout_notices", "created_at < now() - interval '7 days'"),
        ("codes", "verifier.codes", "expires_at < now() - interval '1 day'"),
        ("browser logons", "verifier.browser_logons", "expires_at < now()"),
        ("sessions", "verifier.sessions", "expires_at < now() - interval '30 days'"),
        ("ended sessions", "verifier.sessions", "ended_at < now() - interval '30 days'"),
        ("old signing keys", "verifier.signing_keys", KeyStore.isForgotten),
        ("diagnoses", "verifier.diagnoses", "created_at < now() - interval '90 days'"),
    ]
}
