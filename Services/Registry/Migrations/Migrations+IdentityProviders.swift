extension Migrations {
    /// The configuration is the very document that is published; what rows are found by is generated from it, so that
    /// the two cannot differ.
    static let identityProviders = """
        create table registry.identity_providers (
            id uuid primary key,
            tenant uuid not null references registry.tenants,
            revision bigint not null,
            configuration jsonb not null,
            last_epoch bigint not null default 0,
            next_run_at timestamptz,
            spread_hours integer not null,
            failures integer not null default 0,
            quarantined_at timestamptz,
            quarantine_reason text,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            is_deleted boolean not null
                generated always as (coalesce(configuration ->> 'status', '') = 'deleted') stored,
            corp_id text generated always as (configuration #>> '{connection,corpID}') stored,
            authorization_state text not null generated always as (configuration ->> 'authorization') stored
        );
        create index on registry.identity_providers (tenant, id);
        create index on registry.identity_providers (next_run_at) include (spread_hours) where next_run_at is not null;
        create index on registry.identity_providers (lower(corp_id)) where corp_id is not null;

        create table registry.revisions (
            idp uuid not null references registry.identity_providers,
            revision bigint not null,
            settings jsonb not null,
            changes jsonb not null,
            changed_at timestamptz not null,
            changed_by jsonb not null,
            primary key (idp, revision)
        );

        -- One row: when the next scheduled run may start, and how many a minute.
        create table registry.schedule_pace (
            is_only boolean primary key default true check (is_only),
            free_at timestamptz not null,
            per_minute float8 not null,
            rated_at timestamptz not null
        );
        insert into registry.schedule_pace (free_at, per_minute, rated_at) values ('-infinity', 0, '-infinity');
        """
}
