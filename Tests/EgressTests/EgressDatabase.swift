import Egress
import Postgres
import PostgresTesting

let egressSchema = "egress_test"

/// Runs a test on tables of its own.
func withEgressSchema(_ body: @Sendable (Database) async throws -> Void) async throws {
    try await withTestDatabase { database, _ in
        let sql = EgressSchema.migrationSQL(schema: egressSchema)
        try await Migrator(
            schema: egressSchema,
            migrations: [Migration(version: 1, name: "calls to WeCom", sql: sql)]
        ).run(on: database)
        try await body(database)
    }
}
