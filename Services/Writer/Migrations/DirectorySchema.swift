import BackgroundWork
import Logging
import Outbox
import Postgres
import Rebuild

/// The schema `directory`, step by step.
///
/// Statements name its tables without it: which directory they are about, the live one or one that is rebuilt beside it,
/// is said once, by the schema of the connection.
enum DirectorySchema {
    /// The live directory.
    static let name = "directory"

    /// The role under which the read API looks at the directory, so that row-level security binds it.
    static let readerRole = "directory_reader"

    static let migrations: [Migration] = Self.migrations(of: name)

    /// How a directory is made in any schema, by connections of that schema.
    static func migrations(of schema: String) -> [Migration] {
        [
            Migration(version: 1, name: "runs and positions", sql: runs),
            Migration(version: 2, name: "departments, users and memberships", sql: directory),
            Migration(version: 3, name: "outbox", sql: Outbox.migrationSQL(schema: schema)),
            Migration(version: 4, name: "row-level security", sql: rowLevelSecurity(of: schema)),
            Migration(version: 5, name: "pages that need not travel again", sql: pages),
            Migration(version: 6, name: "background work", sql: BackgroundSchema.migrationSQL(schema: schema)),
            Migration(version: 7, name: "who and what is missing", sql: missing),
            Migration(version: 8, name: "what runs did to which object", sql: runObjects),
            Migration(version: 9, name: "what objects were", sql: history),
            Migration(version: 10, name: "plans", sql: plans),
            Migration(version: 11, name: "rebuilds", sql: RebuildSchema.migrationSQL()),
        ]
    }

    /// Connections to the live directory.
    static func database(url: String, connections: Int, logger: Logger) -> Database {
        Database(url: url, schema: name, connections: connections, logger: logger)
    }

    private static let runs = """
        create table partition_offsets (
            topic text not null,
            partition integer not null,
            next_offset bigint not null,
            catch_up_to bigint not null default 0,
            primary key (topic, partition)
        );
        comment on column partition_offsets.catch_up_to is
            'how far an earlier life of the directory had come; nothing is told before';
        create table incarnation (
            id uuid not null,
            is_first boolean not null,
            only_row boolean primary key default true check (only_row)
        );
        insert into incarnation (id, is_first) values (gen_random_uuid(), true);
        create table sources (
            idp_id uuid primary key,
            tenant_id uuid not null,
            epoch bigint not null,
            fence bigint not null,
            finished_epoch bigint not null default 0,
            change_sequence bigint not null default 0,
            announced uuid,
            is_whole boolean not null,
            tells_contacts boolean not null,
            contacts_since bigint,
            generation bigint not null,
            user_id_case text not null,
            grace_days integer not null default 30,
            deleted_at timestamptz,
            surroundings jsonb,
            mapping bigint,
            judged_case text,
            judged_at timestamptz
        );
        comment on column sources.announced is
            'the incarnation of the directory under which all of it was told; null for one to be told anew';
        comment on column sources.is_whole is
            'whether whoever is not there is gone, also if an earlier life of the directory told of them';
        comment on column sources.tells_contacts is
            'whether telephone numbers and addresses are told, as the last run was started';
        comment on column sources.contacts_since is
            'the revision of the settings since which they are';
        comment on column sources.surroundings is
            'visible range and scope of the last full run that knew the whole range, in which whoever is there was seen; in '
            '`partly` what was known of them to the last one that did not';
        comment on column sources.mapping is 'the number of the mapping of the last full run';
        comment on column sources.judged_case is
            'how that run compared user ids: one that compares them otherwise cannot say who is missing';
        comment on column sources.judged_at is
            'when the last full run was asked for that said who is missing: who came since may be one of them';
        create table runs (
            idp_id uuid not null references sources,
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
        comment on column runs.plan_epoch is 'the run whose plan it carries out';
        comment on column runs.allowance is 'how many might lose access when it began';
        comment on column runs.asked is
            'what it waits for once its reading is over: it need not be read again then';
        create index runs_active on runs (topic, partition) where outcome is null;
        create index runs_over on runs (requested_at) where outcome is not null;
        """

    private static let missing = """
        create table missing (
            idp_id uuid not null,
            kind text not null,
            object text collate "C" not null,
            state text not null,
            epoch bigint not null,
            decided_epoch bigint not null,
            entry jsonb not null,
            primary key (idp_id, kind, object)
        ) partition by hash (idp_id);
        comment on table missing is
            'what the directory has and runs do not show, until it is seen or removed';
        comment on column missing.epoch is 'the last run that missed it, or decided about it';
        comment on column missing.decided_epoch is 'the run by which it is held or kept; later ones found it so';
        create function decision(entry jsonb) returns jsonb language sql immutable as $$
            select jsonb_build_array(entry -> 'state', entry -> 'hold', entry -> 'heldSince', entry -> 'keptIn')
        $$;
        create table losses (
            idp_id uuid not null,
            kind text not null,
            object text collate "C" not null,
            at timestamptz not null,
            primary key (idp_id, kind, object)
        ) partition by hash (idp_id);
        comment on table losses is
            'who and what lost access and has not got it back, by when the run was asked for';
        create table copies (
            idp_id uuid not null,
            directory_key text collate "C" not null,
            content_hash bytea not null,
            primary key (idp_id, directory_key, content_hash)
        ) partition by hash (idp_id);
        comment on table copies is 'what the last full run showed of people otherwise in several departments';
        \(HashPartitions.migrationSQL(of: ["missing", "losses", "copies"]))
        \(oneTenant("missing", where: ofShownSource))
        """

    /// Keys are compared byte by byte: by a language's order it costs more with each row, and no one asks for that order.
    /// Of people, what each run reads of everybody stands first: PostgreSQL has to step over all that stands before.
    private static let directory = """
        create table departments (
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
        ) partition by hash (idp_id);
        create index departments_removed on departments (removed_at) where removed_at is not null;
        create table users (
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
        ) partition by hash (idp_id);
        comment on column users.removed_epoch is 'the run that removed the person, which can be undone';
        comment on column users.is_kept is 'is not deleted after grace';
        comment on column users.likeness is 'short digests that tell one human from another';
        create index users_removed on users (removed_at) where removed_at is not null and not is_kept;
        create table former_users (
            idp_id uuid not null,
            generation bigint not null,
            key_digest bytea not null,
            id uuid,
            removed_at timestamptz not null,
            likeness bigint not null,
            primary key (idp_id, generation, key_digest)
        ) partition by hash (idp_id);
        comment on table former_users is
            'the ids of people whose rows are gone, so that who comes back gets the same one and nobody else does';
        comment on column former_users.id is 'null where it went on with the person, to another key';
        create table memberships (
            idp_id uuid not null,
            directory_key text collate "C" not null,
            department_id bigint not null,
            sort_order bigint not null,
            is_leader boolean not null,
            primary key (idp_id, directory_key, department_id)
        ) partition by hash (idp_id);
        -- Without the keys it is an eighth as large, as PostgreSQL tells each department once.
        create index memberships_of_departments on memberships (idp_id, department_id);
        \(HashPartitions.migrationSQL(of: ["departments", "users"]))
        \(HashPartitions.migrationSQL(of: ["former_users", "memberships"]))
        """

    /// What WeCom's pages became when they last travelled; not for the read API.
    private static let pages = """
        create table pages (
            idp_id uuid not null,
            department_id bigint not null,
            part integer not null,
            digest bytea not null,
            mapping bytea not null,
            content bytea not null,
            filtered bytea not null,
            primary key (idp_id, department_id, part)
        ) partition by hash (idp_id);
        comment on column pages.digest is 'of what WeCom answered';
        comment on column pages.mapping is 'by which it was mapped';
        comment on column pages.content is 'the sum over the page''s people of what they became';
        comment on column pages.filtered is 'the keys of its people whom the filter leaves out';
        \(HashPartitions.migrationSQL(of: ["pages"]))
        """

    /// The writer's own role owns the tables and is not bound; the reader's role sees one tenant, or all
    /// where the key allows it (architecture.md §4, invariant 6).
    private static func rowLevelSecurity(of schema: String) -> String {
        """
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
        grant usage on schema "\(schema)" to directory_reader;
        create function shows_all() returns boolean language sql stable parallel safe as $$
            select current_setting('directory.tenant', true) = '*'
        $$;
        create function shown_tenant() returns uuid language sql stable parallel safe as $$
            select nullif(nullif(current_setting('directory.tenant', true), '*'), '')::uuid
        $$;
        \(oneTenant("sources", where: ofShownTenant))
        \(oneTenant("departments", where: ofShownTenant))
        \(oneTenant("users", where: ofShownTenant))
        \(oneTenant("runs", where: ofShownSource))
        \(oneTenant("memberships", where: ofShownSource))
        """
    }
}
