import BackgroundWork

extension Migrations {
    /// Tickets and events are stored sealed: they hold what opens a tenant's WeCom. Of changes of people nothing is stored
    /// but that they came.
    static let authorizations = """
        create table registry.authorizations (
            state text primary key,
            idp uuid not null references registry.identity_providers,
            url text not null,
            created_at timestamptz not null,
            created_by text not null,
            expires_at timestamptz not null,
            completed_at timestamptz,
            corp_key text,
            is_void boolean not null default false
        );
        create index on registry.authorizations (idp, created_at);
        create index on registry.authorizations (expires_at);

        create table registry.suite_tickets (
            suite text primary key,
            ticket text not null,
            pushed_at timestamptz not null
        );

        create table registry.callbacks (
            digest bytea primary key,
            receiver text not null,
            kind text not null,
            sealed text,
            received_at timestamptz not null,
            done_at timestamptz,
            \(BackgroundSchema.queueColumns)
        );
        create index on registry.callbacks (received_at) where done_at is null and set_aside_at is null;
        create index on registry.callbacks (set_aside_at) where set_aside_at is not null;
        create index on registry.callbacks (coalesce(done_at, set_aside_at));

        create table registry.callback_addresses (
            address text primary key,
            read_at timestamptz not null
        );
        """
}
