extension Migrations {
    static let tenants = """
        create table registry.tenants (
            id uuid primary key,
            name text not null,
            enterprise_id text not null unique,
            created_at timestamptz not null
        );

        create table registry.extended_fields (
            tenant uuid not null references registry.tenants,
            key text not null,
            label text not null,
            created_at timestamptz not null,
            primary key (tenant, key)
        );

        create table registry.api_keys (
            id uuid primary key,
            name text not null,
            digest bytea not null unique,
            role text not null check (role in ('viewer', 'operator', 'admin', 'owner')),
            tenant uuid references registry.tenants,
            created_at timestamptz not null,
            created_by text not null
        );

        create table registry.audit (
            id bigint generated always as identity primary key,
            at timestamptz not null,
            tenant uuid,
            actor text not null,
            action text not null,
            kind text not null,
            object uuid not null,
            details jsonb not null
        );
        create index on registry.audit (tenant, id);
        create index on registry.audit (object, id);
        """
}
