import BackgroundWork
import Egress
import Postgres

/// The fetcher's own tables. Every migration there ever was, in order; never changed once released.
enum FetcherSchema {
    static let name = "fetcher"

    static let migrations = [
        Migration(version: 1, name: "inbox, leases and checkpoints", sql: inboxLeasesCheckpoints),
        Migration(version: 2, name: "pages that need not travel again", sql: pages),
        Migration(version: 3, name: "background work", sql: BackgroundSchema.migrationSQL(schema: name)),
        Migration(version: 4, name: "calls to WeCom", sql: EgressSchema.migrationSQL(schema: name)),
    ]

    private static let inboxLeasesCheckpoints = """
        create table fetcher.inbox (
            run uuid primary key,
            idp uuid not null,
            tenant uuid not null,
            epoch bigint not null,
            traceparent text not null,
            kind text not null,
            is_dry_run boolean not null,
            plan bigint,
            terms jsonb not null,
            revision bigint not null,
            cause text not null,
            requested_at bigint not null,
            target text,
            selection text,
            basis bigint,
            state text not null default 'queued'
                check (state in ('queued', 'claimed', 'overtaken', 'ended', 'done')),
            has_begun boolean not null default false,
            is_cancelled boolean not null default false,
            ending jsonb,
            failures integer not null default 0,
            waits integer not null default 0,
            read_at_wait bigint not null default 0,
            not_before timestamptz not null default now(),
            received_at timestamptz not null default now(),
            told_at timestamptz not null default now(),
            finished_at timestamptz
        );
        comment on column fetcher.inbox.waits is 'how often in a row WeCom''s frequency limit let nothing more be read';
        comment on column fetcher.inbox.read_at_wait is 'rows of the checkpoint at the last of these times';
        comment on column fetcher.inbox.requested_at is 'milliseconds since 1970';
        comment on column fetcher.inbox.plan is 'the run whose plan is carried out';
        comment on column fetcher.inbox.target is 'JSON: the objects that are read';
        comment on column fetcher.inbox.selection is 'JSON: what of the held is decided about';
        comment on column fetcher.inbox.basis is 'the run before, if the directory holds exactly what it read';
        comment on column fetcher.inbox.state is
            'overtaken: ended in the log by whoever works on the deletion; ended: to be answered with its ending';
        comment on column fetcher.inbox.has_begun is 'the writer may have heard of it';
        comment on column fetcher.inbox.told_at is 'when it was last heard of while it waited';
        create index inbox_open on fetcher.inbox (idp, epoch) where state <> 'done';
        create index inbox_done on fetcher.inbox (finished_at) where state = 'done';

        create table fetcher.errands (
            run uuid not null,
            batch integer not null,
            idp uuid not null,
            tenant uuid not null,
            epoch bigint not null,
            fence bigint not null,
            traceparent text not null,
            size integer not null,
            question text,
            ends_at timestamptz not null,
            state text not null default 'open' check (state in ('open', 'done')),
            is_cancelled boolean not null default false,
            failures integer not null default 0,
            not_before timestamptz not null default now(),
            received_at timestamptz not null default now(),
            told_at timestamptz not null default now(),
            finished_at timestamptz,
            primary key (run, batch)
        );
        comment on table fetcher.errands is 'whom runs missed, to be asked for one by one; one batch a row';
        comment on column fetcher.errands.fence is 'of whoever asked: answers come with a higher one';
        comment on column fetcher.errands.size is 'objects and witnesses';
        comment on column fetcher.errands.question is 'JSON, as it was asked; null where it cannot be read, or is done';
        comment on column fetcher.errands.ends_at is 'what is open then is answered as unknown';
        create index errands_open on fetcher.errands (idp, epoch) where state = 'open';
        create index errands_done on fetcher.errands (finished_at) where state = 'done';

        create table fetcher.leases (
            idp uuid primary key,
            owner text,
            run uuid,
            fence bigint not null,
            expires_at timestamptz not null,
            epoch bigint not null default 0,
            epoch_run uuid
        );
        comment on table fetcher.leases is
            'kept for ever, since fence and epoch only grow; without an owner it is free';
        comment on column fetcher.leases.epoch is 'the highest that was ever asked for, by epoch_run';

        create table fetcher.checkpoints (
            run uuid not null,
            department bigint not null,
            user_keys bytea not null,
            shortcomings text[] not null,
            primary key (run, department)
        );
        comment on column fetcher.checkpoints.user_keys is 'the 16-byte digests of the keys of the department''s people';
        -- Digests cannot be made smaller; trying costs more than writing them.
        alter table fetcher.checkpoints alter column user_keys set storage external;

        create table fetcher.checkpoint_people (
            run uuid not null,
            user_key bytea not null,
            is_present boolean not null,
            is_sent boolean not null,
            code bigint,
            primary key (run, user_key)
        );
        comment on table fetcher.checkpoint_people is 'people of whom WeCom said something when asked for them alone';
        comment on column fetcher.checkpoint_people.user_key is 'the 16-byte digest of the person''s key';
        comment on column fetcher.checkpoint_people.is_sent is 'whether the record is with the brokers';
        """

    private static let pages = """
        create table fetcher.page_sets (
            idp uuid primary key,
            epoch bigint not null,
            mapping bigint not null,
            scope bytea not null,
            corp text not null,
            agent bigint not null,
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
        alter table fetcher.pages alter column user_keys set storage external;
        """
}
