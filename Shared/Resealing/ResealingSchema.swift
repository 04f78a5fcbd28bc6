/// What a service keeps about the keys that its secrets are sealed by, in its own schema.
public enum ResealingSchema {
    /// Creates the tables; for a migration of the service that owns the schema.
    public static func migrationSQL(schema: String) -> String {
        let schema = "\"\(schema.replacing("\"", with: "\"\""))\""
        return """
            -- One row at most: the key that everything is to be sealed by.
            create table \(schema).sealing_rotation (
                is_only boolean primary key default true check (is_only),
                key_id text not null,
                started_at timestamptz not null,
                started_by text not null,
                passed_at timestamptz,
                done_at timestamptz
            );
            comment on column \(schema).sealing_rotation.passed_at is 'when everything was last gone through';
            comment on column \(schema).sealing_rotation.done_at is
                'since when nothing that opens was found sealed by another key, and no copy sealed by one';

            -- The copies of the service that run, and their keys.
            create table \(schema).sealing_copies (
                copy uuid primary key,
                key_ids text[] not null,
                seen_at timestamptz not null
            );
            """
    }
}
