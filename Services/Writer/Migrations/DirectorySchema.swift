import BackgroundWork
import Outbox
import Postgres

/// The schema `directory`, step by step.
enum DirectorySchema {
    static let name = "directory"

    /// The role under which the read API looks at the directory, so that row-level security binds it.
    static let readerRole = "directory_reader"

    static let migrations = [
        Migration(version: 1, name: "runs and positions", sql: runs),
        Migration(version: 2, name: "departments, users and memberships", sql: directory),
        Migration(version: 3, name: "outbox", sql: Outbox.migrationSQL(schema: name)),
        Migration(version: 4, name: "row-level security", sql: rowLevelSecurity),
        Migration(version: 5, name: "pages that need not travel again", sql: pages),
        Migration(version: 6, name: "background work", sql: BackgroundSchema.migrationSQL(schema: name)),
        Migration(version: 7, name: "who and what is missing", sql: missing),
        Migration(version: 8, name: "what runs did to which object", sql: runObjects),
        Migration(version: 9, name: "what objects were", sql: history),
        Migration(version: 10, name: "plans", sql: plans),
    ]

    private static let runs = """
        create table directory.partition_offsets (
            topic text not null,
            partition integer not null,
            next_offset bigint not null,
            catch_up_to bigint not null default 0,
            primary key (topic, partition)
        );
        comment on column directory.partition_offsets.catch_up_to is
            'how far an earlier life of the directory had come; nothing is told before';
        create table directory.incarnation (
            id uuid not null,
            is_first boolean not null,
            only_row boolean primary key default true check (only_row)
        );
        insert into directory.incarnation (id, is_first) values (gen_random_uuid(), true);
        create table directory.sources (
            idp_id uuid primary key,
            tenant_id uuid not null,
            epoch bigint not null,
            fence bigint not null,
            finished_epoch bigint not null default 0,
            change_sequence bigint not null default 0,
            announced uuid,
            is_whole boolean not null,
            tells_contacts boolean not null,
            generation bigint not null,
            user_id_case text not null,
            grace_days integer not null default 30,
            deleted_at timestamptz,
            surroundings jsonb,
            mapping bigint,
            judged_case text,
            judged_at timestamptz
        );
        comment on column directory.sources.announced is
            'the incarnation of the directory under which all of it was told; null for one to be told anew';
        comment on column directory.sources.is_whole is
            'whether whoever is not there is gone, also if an earlier life of the directory told of them';
        comment on column directory.sources.tells_contacts is
            'whether telephone numbers and addresses are told, as the last run was started';
        comment on column directory.sources.surroundings is
            'visible range and scope of the last full run, in which whoever is there was seen';
        comment on column directory.sources.mapping is 'the number of the mapping of the last full run';
        comment on column directory.sources.judged_case is
            'how that run compared user ids: one that compares them otherwise cannot say who is missing';
        comment on column directory.sources.judged_at is
            'when the last full run was asked for that said who is missing: who came since may be one of them';
        create table directory.runs (
            idp_id uuid not null references directory.sources,
            epoch bigint not null,
            run_id uuid not null,
            kind text not null,
            target jsonb,
            selection jsonb,
            is_dry_run boolean not null,
            plan_epoch bigint,
            requested_at timestamptz not null,
            terms jsonb not null,
            topic text not null,
            partition integer not null,
            start_offset bigint not null,
            allowance jsonb not null,
            counts jsonb not null,
            refusals jsonb,
            field_reports jsonb,
            asked jsonb,
            outcome text,
            reasons jsonb,
            cause text,
            error_code bigint,
            is_basis boolean not null default false,
            primary key (idp_id, epoch)
        );
        comment on column directory.runs.plan_epoch is 'the run whose plan it carries out';
        comment on column directory.runs.allowance is 'how many might lose access when it began';
        comment on column directory.runs.asked is
            'what it waits for once its reading is over: it need not be read again then';
        create index runs_active on directory.runs (topic, partition) where outcome is null;
        create index runs_over on directory.runs (requested_at) where outcome is not null;
        """

    private static let missing = """
        create table directory.missing (
            idp_id uuid not null,
            kind text not null,
            object text collate "C" not null,
            state text not null,
            epoch bigint not null,
            decided_epoch bigint not null,
            entry jsonb not null,
            primary key (idp_id, kind, object)
        );
        comment on table directory.missing is
            'what the directory has and runs do not show, until it is seen or removed';
        comment on column directory.missing.epoch is 'the last run that missed it, or decided about it';
        comment on column directory.missing.decided_epoch is 'the run by which it is held or kept; later ones found it so';
        create function directory.decision(entry jsonb) returns jsonb language sql immutable as $$
            select jsonb_build_array(entry -> 'state', entry -> 'hold', entry -> 'heldSince', entry -> 'keptIn')
        $$;
        create table directory.losses (
            idp_id uuid not null,
            kind text not null,
            object text collate "C" not null,
            at timestamptz not null,
            primary key (idp_id, kind, object)
        );
        comment on table directory.losses is
            'who and what lost access and has not got it back, by when the run was asked for';
        create table directory.copies (
            idp_id uuid not null,
            directory_key text collate "C" not null,
            content_hash bytea not null,
            primary key (idp_id, directory_key, content_hash)
        );
        comment on table directory.copies is 'what the last full run showed of people otherwise in several departments';
        grant select on directory.missing to directory_reader;
        alter table directory.missing enable row level security;
        create policy one_tenant on directory.missing to directory_reader
            using (idp_id in (select idp_id from directory.sources));
        """

    /// Keys are compared byte by byte: by a language's order it costs more with each row, and no one asks for that order.
    /// Of people, what each run reads of everybody stands first: PostgreSQL has to step over all that stands before.
    private static let directory = """
        create table directory.departments (
            idp_id uuid not null,
            external_id bigint not null,
            tenant_id uuid not null,
            parent_id bigint,
            name text,
            english_name text,
            sort_order bigint not null,
            leaders text[],
            content_hash bytea not null,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            removed_at timestamptz,
            removed_epoch bigint,
            primary key (idp_id, external_id)
        );
        create index departments_removed on directory.departments (removed_at) where removed_at is not null;
        create table directory.users (
            idp_id uuid not null,
            id uuid not null,
            tenant_id uuid not null,
            generation bigint not null,
            likeness bigint not null default 0,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            status smallint not null,
            is_kept boolean not null default false,
            content_hash bytea not null,
            directory_key text collate "C" not null,
            removed_at timestamptz,
            external_id text not null,
            open_user_id text,
            username text,
            display_name text,
            email text,
            mobile text,
            telephone text,
            title text,
            alias text,
            gender text,
            employee_number text,
            avatar text,
            address text,
            manager text,
            department text,
            locale text,
            main_department bigint,
            leaders text[],
            attributes jsonb,
            removed_because text,
            removed_epoch bigint,
            primary key (idp_id, directory_key),
            unique (id, idp_id)
        );
        comment on column directory.users.removed_epoch is 'the run that removed the person, which can be undone';
        comment on column directory.users.is_kept is 'is not deleted after grace';
        comment on column directory.users.likeness is 'short digests that tell one human from another';
        create index users_removed on directory.users (removed_at) where removed_at is not null and not is_kept;
        create table directory.former_users (
            idp_id uuid not null,
            generation bigint not null,
            key_digest bytea not null,
            id uuid,
            removed_at timestamptz not null,
            likeness bigint not null,
            primary key (idp_id, generation, key_digest)
        );
        comment on table directory.former_users is
            'the ids of people whose rows are gone, so that who comes back gets the same one and nobody else does';
        comment on column directory.former_users.id is 'null where it went on with the person, to another key';
        create table directory.memberships (
            idp_id uuid not null,
            directory_key text collate "C" not null,
            department_id bigint not null,
            sort_order bigint not null,
            is_leader boolean not null,
            primary key (idp_id, directory_key, department_id)
        );
        -- Without the keys it is an eighth as large, as PostgreSQL tells each department once.
        create index memberships_of_departments on directory.memberships (idp_id, department_id);
        """

    /// What WeCom's pages became when they last travelled; not for the read API.
    private static let pages = """
        create table directory.pages (
            idp_id uuid not null,
            department_id bigint not null,
            part integer not null,
            digest bytea not null,
            mapping bytea not null,
            content bytea not null,
            filtered bytea not null,
            primary key (idp_id, department_id, part)
        );
        comment on column directory.pages.digest is 'of what WeCom answered';
        comment on column directory.pages.mapping is 'by which it was mapped';
        comment on column directory.pages.content is 'the sum over the page''s people of what they became';
        comment on column directory.pages.filtered is 'the keys of its people whom the filter leaves out';
        """

    /// The writer's own role owns the tables and is not bound; the reader's role sees one tenant, or all
    /// where the key allows it (architecture.md §4, invariant 6).
    private static let rowLevelSecurity = """
        do $$ begin
            if not exists (select from pg_roles where rolname = 'directory_reader') then
                create role directory_reader nologin;
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$;
        do $$ begin
            if not pg_has_role(current_user, 'directory_reader', 'member') then
                execute format('grant directory_reader to %I', current_user);
            end if;
        end $$;
        grant usage on schema directory to directory_reader;
        grant select on directory.sources, directory.runs, directory.departments, directory.users,
            directory.memberships to directory_reader;
        alter table directory.sources enable row level security;
        alter table directory.runs enable row level security;
        alter table directory.departments enable row level security;
        alter table directory.users enable row level security;
        alter table directory.memberships enable row level security;
        create function directory.shows_all() returns boolean language sql stable parallel safe as $$
            select current_setting('directory.tenant', true) = '*'
        $$;
        create function directory.shown_tenant() returns uuid language sql stable parallel safe as $$
            select nullif(nullif(current_setting('directory.tenant', true), '*'), '')::uuid
        $$;
        -- As subqueries they are asked once for a statement, rather than for each of its rows.
        create policy one_tenant on directory.sources to directory_reader
            using ((select directory.shows_all()) or tenant_id = (select directory.shown_tenant()));
        create policy one_tenant on directory.departments to directory_reader
            using ((select directory.shows_all()) or tenant_id = (select directory.shown_tenant()));
        create policy one_tenant on directory.users to directory_reader
            using ((select directory.shows_all()) or tenant_id = (select directory.shown_tenant()));
        create policy one_tenant on directory.runs to directory_reader
            using (idp_id in (select idp_id from directory.sources));
        create policy one_tenant on directory.memberships to directory_reader
            using (idp_id in (select idp_id from directory.sources));
        """
}
