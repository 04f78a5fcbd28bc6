/// What background work keeps in the database of the service that does it.
public enum BackgroundSchema {
    /// Creates `<schema>.background_jobs`, where each ``PeriodicJob`` has its row; for a migration of the service that
    /// owns the schema.
    public static func migrationSQL(schema: String) -> String {
        """
        create table "\(schema.replacing("\"", with: "\"\""))".background_jobs (
            name text primary key,
            owner text,
            claimed_until timestamptz,
            due_at timestamptz not null default '-infinity',
            finished_at timestamptz
        );
        """
    }

    /// The columns that a ``WorkQueue``'s table has beside its own, for its `create table`.
    ///
    /// A row waits until `not_before`, is somebody's until `claimed_until`, and is left alone once it has
    /// `set_aside_at`; `reason` is why it was last put off or set aside.
    public static let queueColumns = """
        attempts integer not null default 0,
        not_before timestamptz not null default now(),
        claimed_by text,
        claimed_until timestamptz,
        set_aside_at timestamptz,
        reason text
        """
}
