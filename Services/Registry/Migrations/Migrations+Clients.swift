extension Migrations {
    static let clients = """
        create table registry.clients (
            id uuid primary key,
            -- Never given again: a deleted client's row stays.
            client_id text collate "C" not null unique,
            tenant uuid references registry.tenants,
            revision bigint not null,
            is_deleted boolean not null default false,
            -- What the verifier is told.
            configuration jsonb not null,
            created_at timestamptz not null,
            updated_at timestamptz not null
        );
        create index on registry.clients (tenant, id);
        """
}
