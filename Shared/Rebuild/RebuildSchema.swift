import Postgres

/// What a service keeps about its rebuilds, in the schema that it owns.
///
/// Statements name that schema, as a connection may be to another one.
public struct RebuildSchema: Sendable {
    private let name: String

    init(_ name: String) { self.name = name }

    /// One row at most: the rebuild that is under way, or the last one.
    var rebuild: SQL { "\(identifier: name, "rebuild")" }

    /// What it came to, by identity provider.
    var results: SQL { "\(identifier: name, "rebuild_results")" }

    /// Creates the tables; for a migration of the service that owns the schema.
    ///
    /// - Parameter prefix: What stands before their names, such as `verifier.`; nothing where the migration is run by
    ///   connections of the schema.
    public static func migrationSQL(prefix: String = "") -> String {
        """
        create table \(prefix)rebuild (
            is_only boolean primary key default true check (is_only),
            id uuid not null,
            idp_id uuid,
            switches boolean not null,
            attempt integer not null default 0,
            failures integer not null default 0,
            requested_at timestamptz not null default now(),
            done_at timestamptz,
            trouble text
        );
        comment on column \(prefix)rebuild.attempt is 'which of them is at it; an earlier one writes nothing any more';
        comment on column \(prefix)rebuild.failures is 'attempts that came to nothing, with the one that is at it';
        comment on column \(prefix)rebuild.trouble is 'why it came to nothing, or why the attempt before did';
        create table \(prefix)rebuild_results (
            idp_id uuid primary key,
            outcome text not null,
            result jsonb not null
        );
        """
    }
}
