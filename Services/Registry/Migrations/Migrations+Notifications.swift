import BackgroundWork

extension Migrations {
    /// What administrators are told, and where to. Nothing of it names a person but the recipients that they chose.
    static let notifications = """
        create table registry.webhooks (
            id uuid primary key,
            tenant uuid not null references registry.tenants on delete cascade,
            revision bigint not null,
            url text not null,
            description text not null,
            kinds text[] not null,
            is_enabled boolean not null,
            secret text not null,
            former_secret text,
            former_until timestamptz,
            failures integer not null default 0,
            resting_until timestamptz,
            created_at timestamptz not null,
            updated_at timestamptz not null
        );
        create index on registry.webhooks (tenant, id);

        create table registry.message_settings (
            idp uuid primary key references registry.identity_providers on delete cascade,
            revision bigint not null,
            is_enabled boolean not null,
            recipients text[] not null,
            kinds text[] not null,
            updated_at timestamptz not null
        );

        -- What is the matter with whom, so that nobody is told the same again and again.
        create table registry.conditions (
            idp uuid not null references registry.identity_providers on delete cascade,
            kind text not null,
            since timestamptz not null,
            last_at timestamptz not null,
            times integer not null,
            facts jsonb not null,
            is_told boolean not null default false,
            told_at timestamptz,
            settled_at timestamptz,
            primary key (idp, kind)
        );
        create index on registry.conditions (told_at) where settled_at is null and not is_told;

        create table registry.notifications (
            id uuid primary key,
            tenant uuid not null,
            idp uuid,
            kind text not null,
            state text not null,
            facts jsonb not null,
            at timestamptz not null
        );
        create index on registry.notifications (tenant, id);
        create index on registry.notifications (at);

        create table registry.deliveries (
            id uuid primary key,
            notification uuid not null references registry.notifications on delete cascade,
            tenant uuid not null,
            webhook uuid references registry.webhooks on delete cascade,
            status integer,
            created_at timestamptz not null,
            done_at timestamptz,
            \(BackgroundSchema.queueColumns)
        );
        create unique index on registry.deliveries (notification, webhook) nulls not distinct;
        create index on registry.deliveries (tenant, id);
        create index on registry.deliveries (webhook);
        create index on registry.deliveries (not_before) where done_at is null and set_aside_at is null;
        create index on registry.deliveries (set_aside_at) where set_aside_at is not null;
        """
}
