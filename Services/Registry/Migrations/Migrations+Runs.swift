extension Migrations {
    static let runs = """
        create table registry.runs (
            id uuid primary key,
            idp uuid not null references registry.identity_providers,
            tenant uuid not null,
            epoch bigint not null,
            kind text not null,
            target jsonb,
            selection jsonb,
            is_dry_run boolean not null default false,
            plan_run uuid,
            plan_epoch bigint,
            is_late boolean not null default false,
            cause text not null,
            state text not null check (state in ('waiting', 'requested', 'running', 'finished')),
            revision bigint,
            generation bigint,
            attempt integer not null default 1,
            outcome text,
            reasons text[] not null default '{}',
            end_cause text,
            is_basis boolean not null default false,
            restarted_as uuid,
            error_code bigint,
            counts jsonb,
            field_reports jsonb not null default '[]',
            fence bigint not null default 0,
            departments_expected bigint not null default 0,
            departments_read bigint not null default 0,
            users_seen bigint not null default 0,
            pages bigint not null default 0,
            pages_applied bigint not null default 0,
            requested_at timestamptz not null,
            started_at timestamptz,
            progress_at timestamptz,
            cancelled_at timestamptz,
            finished_at timestamptz,
            traceparent text,
            unique (idp, epoch)
        );
        -- A deletion overtakes what is active.
        create unique index runs_one_active on registry.runs (idp, (kind = 'delete'))
            where state in ('requested', 'running');
        -- How many wait is for whoever starts them to say, behind the lock of their identity provider.
        create index on registry.runs (idp) where state = 'waiting';
        create index on registry.runs (plan_run) where plan_run is not null;
        create index on registry.runs (requested_at) where cause = 'schedule' and state <> 'finished';
        create index on registry.runs (progress_at) where state in ('requested', 'running');
        create index on registry.runs (finished_at) where state = 'finished';
        create index on registry.runs (id) where kind = 'replay';
        create index on registry.runs (finished_at) where kind = 'delete' and outcome in ('failed', 'cancelled');
        create index on registry.runs (finished_at) where end_cause = 'confirmationNeeded' and restarted_as is null;
        """
}
