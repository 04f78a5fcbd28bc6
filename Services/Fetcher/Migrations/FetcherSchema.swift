import Postgres

/// The fetcher's own tables. Every migration there ever was, in order; never changed once released.
enum FetcherSchema {
    static let name = "fetcher"

    static let migrations = [
        Migration(version: 1, name: "inbox, leases and checkpoints", sql: inboxLeasesCheckpoints),
        Migration(version: 2, name: "pages that need not travel again", sql: pages),
        Migration(version: 3, name: "digests kept as they are", sql: digestsAsTheyAre),
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

    private static let pages = """
        alter table fetcher.inbox add column basis bigint;
        comment on column fetcher.inbox.basis is 'the run before, if the directory holds exactly what it read';

        create table fetcher.page_sets (
            idp uuid primary key,
            epoch bigint not null,
            revision bigint not null,
            complete_at timestamptz not null
        );
        comment on column fetcher.page_sets.epoch is 'the run that read the pages, or found them unchanged';
        comment on column fetcher.page_sets.complete_at is 'when all pages last travelled';
        create index page_sets_complete on fetcher.page_sets (complete_at);

        create table fetcher.answers (
            idp uuid not null references fetcher.page_sets on delete cascade,
            department bigint not null,
            digest bytea not null,
            primary key (idp, department)
        );
        comment on column fetcher.answers.digest is 'of the whole answer that gave the department''s people';

        create table fetcher.pages (
            idp uuid not null,
            department bigint not null,
            part integer not null,
            digest bytea not null,
            user_keys bytea not null,
            primary key (idp, department, part),
            foreign key (idp, department) references fetcher.answers on delete cascade
        );
        comment on column fetcher.pages.user_keys is 'the 16-byte digests of the keys of the page''s people';
        """

    /// Digests cannot be made smaller; trying costs more than writing them.
    private static let digestsAsTheyAre = """
        alter table fetcher.checkpoints alter column user_keys set storage external;
        alter table fetcher.pages alter column user_keys set storage external;
        """
}
