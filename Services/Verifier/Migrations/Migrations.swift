import BackgroundWork
import Egress
import Outbox
import Postgres
import Rebuild
import Resealing

/// What the verifier's schema is made of, in the order in which it grew.
enum Migrations {
    /// The schema's name.
    static let schema = "verifier"

    /// Every step; steps are only added.
    static let all = [
        Migration(version: 1, name: "principals", sql: principals),
        Migration(version: 2, name: "sessions", sql: sessions),
        Migration(version: 3, name: "logon", sql: logon),
        Migration(version: 4, name: "outbox", sql: Outbox.migrationSQL(schema: schema)),
        Migration(version: 5, name: "background work", sql: BackgroundSchema.migrationSQL(schema: schema)),
        Migration(version: 6, name: "calls to WeCom", sql: EgressSchema.migrationSQL(schema: schema)),
        Migration(version: 7, name: "clients", sql: clients),
        Migration(version: 8, name: "sealing keys", sql: ResealingSchema.migrationSQL(schema: schema)),
    ]

    /// Who may log on, as `directory.changes.v1` tells it. Keys are compared byte by byte: by a language's order it would
    /// cost more with each row, and no one asks for that order.
    private static let principals = """
        create table verifier.partition_offsets (
            topic text not null,
            partition integer not null,
            next_offset bigint not null,
            primary key (topic, partition)
        );
        create table verifier.projection (
            idp_id uuid primary key,
            tenant_id uuid not null,
            incarnation uuid not null,
            epoch bigint not null,
            sequence bigint not null,
            republication bigint not null default 0,
            part integer,
            gap text
        );
        create table verifier.incarnations (
            idp_id uuid not null,
            incarnation uuid not null,
            epoch bigint not null,
            sequence bigint not null,
            primary key (idp_id, incarnation)
        );
        create table verifier.principals (
            idp_id uuid not null,
            user_id uuid not null,
            tenant_id uuid not null,
            generation bigint not null,
            directory_key text collate "C" not null,
            external_id text not null,
            name text,
            email text,
            username text,
            enabled boolean not null,
            disabled_at timestamptz,
            departments bigint[] not null,
            phone_number text,
            address text,
            seen bigint not null,
            traceparent text,
            primary key (idp_id, user_id),
            constraint principals_directory_key unique (idp_id, generation, directory_key)
                deferrable initially immediate
        ) partition by hash (idp_id);
        create index principals_contacts on verifier.principals (idp_id)
            where phone_number is not null or address is not null;
        create table verifier.rebuilt_principals (like verifier.principals including all) partition by hash (idp_id);
        \(HashPartitions.migrationSQL(of: ["verifier.principals", "verifier.rebuilt_principals"]))
        create function verifier.principal(idp uuid, person uuid) returns setof verifier.principals
            language plpgsql stable rows 1 as $$
        begin
            return query select * from verifier.principals p where p.idp_id = idp and p.user_id = person;
        end $$;
        comment on function verifier.principal is
            'a person whom another row names: a join would be planned for all partitions, each time';
        create table verifier.rebuilt_projection (like verifier.projection including all);
        create table verifier.rebuilt_incarnations (like verifier.incarnations including all);
        \(RebuildSchema.migrationSQL(prefix: "verifier."))
        """

    /// Who is logged on, with what a client can go on, and whom a browser remembers. Codes and tokens are kept as digests
    /// only.
    private static let sessions = """
        create table verifier.sessions (
            id text primary key,
            idp_id uuid not null,
            user_id uuid not null,
            tenant_id uuid not null,
            client_id text not null,
            scope text not null,
            authenticated_at timestamptz not null default now(),
            expires_at timestamptz not null,
            ends_at timestamptz not null default 'infinity',
            ended_at timestamptz,
            end_reason text,
            browser_logon bytea,
            refresh_key bytea,
            refresh_counter bigint not null default 0,
            refresh_digest bytea,
            refresh_previous bytea,
            refreshed_at timestamptz
        );
        comment on column verifier.sessions.ends_at is 'beyond which no refresh carries it';
        comment on column verifier.sessions.browser_logon is 'the logon that it rests on, if a browser remembers that';
        comment on column verifier.sessions.refresh_key is 'makes the tags of its refresh tokens; null where it has none';
        comment on column verifier.sessions.refresh_counter is 'the number of the current refresh token';
        create index sessions_of_logon on verifier.sessions (browser_logon) where browser_logon is not null;
        create index sessions_live on verifier.sessions (idp_id, user_id) where ended_at is null;
        create index sessions_expiry on verifier.sessions (expires_at);
        create index sessions_ended on verifier.sessions (ended_at) where ended_at is not null;
        create index sessions_of_provider on verifier.sessions (idp_id, authenticated_at);
        create table verifier.logout_notices (
            session_id text primary key,
            client_id text not null,
            user_id uuid not null,
            created_at timestamptz not null default now(),
            \(BackgroundSchema.queueColumns)
        );
        create index logout_notices_due on verifier.logout_notices (client_id, not_before, session_id)
            where set_aside_at is null;
        create table verifier.codes (
            digest bytea primary key,
            session_id text not null references verifier.sessions on delete cascade,
            client_id text not null,
            redirect_uri text not null,
            challenge text,
            nonce text,
            expires_at timestamptz not null,
            used_at timestamptz
        );
        create index codes_session on verifier.codes (session_id);
        create index codes_expiry on verifier.codes (expires_at);
        create table verifier.device_grants (
            digest bytea primary key,
            user_digest bytea not null unique,
            client_id text not null,
            scope text not null,
            poll_interval bigint not null,
            polled_at timestamptz,
            expires_at timestamptz not null,
            allowed_at timestamptz,
            denied_at timestamptz,
            session_id text references verifier.sessions on delete cascade,
            used_at timestamptz
        );
        comment on table verifier.device_grants is 'devices that wait for somebody to log on to them (RFC 8628)';
        comment on column verifier.device_grants.poll_interval is 'how many seconds it waits between two questions';
        create index device_grants_session on verifier.device_grants (session_id) where session_id is not null;
        create index device_grants_expiry on verifier.device_grants (expires_at);
        create table verifier.browser_logons (
            ticket bytea primary key,
            idp_id uuid not null,
            user_id uuid not null,
            authenticated_at timestamptz not null default now(),
            expires_at timestamptz not null
        );
        create index browser_logons_person on verifier.browser_logons (idp_id, user_id);
        create index browser_logons_expiry on verifier.browser_logons (expires_at);
        create table verifier.client_assertions (
            digest bytea primary key,
            expires_at timestamptz not null
        );
        create index client_assertions_expiry on verifier.client_assertions (expires_at);
        create table verifier.signing_keys (
            id text primary key,
            algorithm text not null,
            published text not null,
            sealed text not null,
            created_at timestamptz not null,
            signs_at timestamptz not null
        );
        """

    /// Which programs may have tokens, as `client.configuration.v1` tells it; deleted ones stay.
    private static let clients = """
        create table verifier.clients (
            id uuid primary key,
            client_id text collate "C" not null unique,
            tenant_id uuid,
            revision bigint not null,
            status text not null,
            id_token_algorithm text not null,
            origins text[] not null,
            configuration jsonb not null
        );
        create index clients_origins on verifier.clients using gin (origins);
        create index sessions_of_client on verifier.sessions (client_id) where ended_at is null;
        """

    /// What was used of that which travels, what clients pushed, and why logons came to nothing.
    private static let logon = """
        create table verifier.used_tickets (
            digest bytea primary key,
            expires_at timestamptz not null
        );
        comment on table verifier.used_tickets is
            'logons that somebody came back from WeCom with, and requests that were answered: neither counts again';
        create index used_tickets_expiry on verifier.used_tickets (expires_at);
        create table verifier.pushed_requests (
            digest bytea primary key,
            client_id text not null,
            form text not null,
            expires_at timestamptz not null
        );
        create index pushed_requests_expiry on verifier.pushed_requests (expires_at);
        create table verifier.diagnoses (
            id text primary key,
            reason text not null,
            tenant_id uuid,
            idp_id uuid,
            diagnosis jsonb not null,
            created_at timestamptz not null default now()
        );
        create index diagnoses_created on verifier.diagnoses (created_at);
        """
}
