extension Migrations {
    static let tenants = """
        create table registry.tenants (
            id uuid primary key,
            version bigint not null default 1,
            name text not null,
            -- Never given again: a deleted tenant's row stays.
            enterprise_id text not null unique,
            status text not null default 'active' check (status in ('active', 'suspended', 'deleting', 'deleted')),
            status_since timestamptz,
            status_reason text,
            created_at timestamptz not null
        );
        create index on registry.tenants (id) where status = 'deleting';

        create table registry.extended_fields (
            tenant uuid not null references registry.tenants,
            key text not null,
            version bigint not null default 1,
            -- As it is told in configurations.
            definition jsonb not null,
            created_at timestamptz not null,
            primary key (tenant, key)
        );

        create table registry.api_keys (
            id uuid primary key,
            version bigint not null default 1,
            name text not null,
            digest bytea not null unique,
            previous_digest bytea unique,
            previous_until timestamptz,
            role text not null check (role in ('viewer', 'operator', 'admin', 'owner')),
            tenant uuid references registry.tenants,
            created_at timestamptz not null,
            created_by jsonb not null,
            expires_at timestamptz,
            last_used_at timestamptz,
            revoked_at timestamptz
        );
        create index on registry.api_keys (tenant, id);
        create index on registry.api_keys (least(expires_at, revoked_at))
            where expires_at is not null or revoked_at is not null;

        create table registry.administrators (
            id uuid primary key,
            version bigint not null default 1,
            tenant uuid not null references registry.tenants,
            -- Who it is in the directory.
            user_id uuid not null,
            name text not null,
            role text not null check (role in ('viewer', 'operator', 'admin', 'owner')),
            created_at timestamptz not null,
            created_by jsonb not null,
            last_used_at timestamptz,
            unique (tenant, user_id)
        );

        create table registry.request_identities (
            scope text not null,
            key text not null,
            digest bytea not null,
            object text not null,
            sealed text,
            -- What the secret is sealed for; null without one.
            sealed_for text,
            created_at timestamptz not null,
            primary key (scope, key)
        );
        create index on registry.request_identities (created_at);

        create table registry.audit (
            id bigint generated always as identity primary key,
            at timestamptz not null,
            tenant uuid,
            actor_kind text not null,
            actor uuid,
            actor_name text not null,
            action text not null,
            kind text not null,
            object uuid not null,
            details jsonb not null,
            -- What refused attempts are counted by.
            refusal text unique
        );
        create index on registry.audit (tenant, id);
        create index on registry.audit (object, id);
        create index on registry.audit (actor, id) where actor is not null;
        create index on registry.audit (action, id);
        create index on registry.audit (at);
        create index on registry.audit (at) where refusal is not null;
        """
}
