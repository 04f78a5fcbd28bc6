import BackgroundWork

extension Migrations {
    /// A grant is what an enterprise gave; an authorization of an enterprise is all that its grants gave, as WeCom says.
    /// Codes rest sealed.
    ///
    /// No reference to the identity provider: WeCom waits a second for its answer, and no lock may be in its way.
    static let grants = """
        create table registry.grants (
            id uuid primary key,
            suite text not null,
            origin text not null check (origin in ('create_auth', 'reset_permanent_code')),
            code_digest bytea not null unique,
            code text,
            state text,
            idp uuid,
            standing text not null check (standing in ('codeReceived', 'exchanged', 'waitingForApp',
                'waitingForConfirmation', 'complete', 'superseded', 'revoked', 'ended')),
            note text,
            trouble jsonb,
            trouble_since timestamptz,
            corp_key text,
            corp_id text,
            corp_name text,
            permanent_code text,
            is_code_dead boolean not null default false,
            confirmed_by text,
            received_at timestamptz not null,
            exchanged_at timestamptz,
            changed_at timestamptz not null,
            done_at timestamptz,
            \(BackgroundSchema.queueColumns)
        );
        create index on registry.grants (received_at) where done_at is null and set_aside_at is null;
        create index on registry.grants (set_aside_at) where set_aside_at is not null;
        create index on registry.grants (idp, received_at);
        create index on registry.grants (corp_key) where corp_key is not null;
        create index on registry.grants (changed_at);

        create table registry.corp_authorizations (
            key text primary key,
            suite text not null,
            corp_id text not null,
            hints bigint not null default 0,
            is_told_changed boolean not null default false,
            is_told_cancelled boolean not null default false,
            suspected_at timestamptz,
            lost_at timestamptz,
            checked_at timestamptz,
            trouble jsonb,
            trouble_since timestamptz,
            visible_range jsonb,
            \(BackgroundSchema.queueColumns)
        );
        create index on registry.corp_authorizations (not_before) where set_aside_at is null;

        create table registry.range_changes (
            id bigint generated always as identity primary key,
            key text not null,
            at timestamptz not null,
            change jsonb not null
        );
        create index on registry.range_changes (key, id);
        create index on registry.range_changes (at);
        """
}
