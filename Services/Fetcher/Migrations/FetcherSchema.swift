import Postgres

/// The fetcher's own tables. Every migration there ever was, in order; never changed once released.
enum FetcherSchema {
    static let name = "fetcher"

    static let migrations = [
        Migration(version: 1, name: "inbox, leases and checkpoints", sql: inboxLeasesCheckpoints)
    ]

    private static let inboxLeasesCheckpoints = """
        create table fetcher.inbox (
            run uuid primary key,
            idp uuid not null,
            tenant uuid not null,
            epoch bigint not null,
            kind text not null,
            is_dry_run boolean not null,
            revision bigint not null,
            requested_at bigint not null,
            traceparent text not null,
            state text not null default 'queued' check (state in ('queued', 'claimed', 'done')),
            is_cancelled boolean not null default false,
            failures integer not null default 0,
            not_before timestamptz not null default now(),
            received_at timestamptz not null default now(),
            finished_at timestamptz
        );
        comment on column fetcher.inbox.requested_at is 'milliseconds since 1970';
        create index inbox_open on fetcher.inbox (idp, epoch) where state <> 'done';
        create index inbox_done on fetcher.inbox (finished_at) where state = 'done';

        create table fetcher.leases (
            idp uuid primary key,
            owner text,
            run uuid,
            fence bigint not null,
            expires_at timestamptz not null
        );
        comment on table fetcher.leases is 'kept for ever, since the fence only grows; without an owner it is free';

        create table fetcher.checkpoints (
            run uuid not null,
            department bigint not null,
            user_keys bytea not null,
            shortcomings text[] not null,
            primary key (run, department)
        );
        comment on column fetcher.checkpoints.user_keys is 'the 16-byte digests of the keys of the department''s people';
        """
}
