extension Migrations {
    /// No reference to the identity provider: WeCom waits a second for its answer, and no lock may be in its way.
    static let hints = """
        create table registry.hints (
            idp uuid not null,
            kind text not null check (kind in ('user', 'department', 'everything')),
            object text not null,
            is_told_deleted boolean not null default false,
            renamed_to text,
            first_at timestamptz not null,
            last_at timestamptz not null,
            primary key (idp, kind, object)
        );
        create index on registry.hints (last_at);
        """
}
