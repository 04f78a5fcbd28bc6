extension DirectorySchema {
    /// Which rebuild of the directory is under way, and what the last one came to.
    static let rebuild = """
        create table rebuild (
            is_only boolean primary key default true check (is_only),
            id uuid not null,
            idp_id uuid,
            switches boolean not null,
            attempt integer not null default 0,
            requested_at timestamptz not null default now(),
            done_at timestamptz,
            trouble text
        );
        comment on column rebuild.attempt is 'which of them is at it; an earlier one writes nothing any more';
        comment on column rebuild.trouble is 'why it came to nothing, or why the attempt before did';
        create table rebuild_results (
            idp_id uuid primary key,
            outcome text not null,
            result jsonb not null
        );
        """
}
