import BackgroundWork
import Egress
import Outbox
import Postgres
import Resealing

/// The steps to the present shape of the schema `registry`: numbered, forward only.
enum Migrations {
    static let schema = "registry"

    /// All of them, in order.
    static let all: [Migration] = [
        Migration(version: 1, name: "tenants and keys", sql: tenants),
        Migration(version: 2, name: "identity providers", sql: identityProviders),
        Migration(version: 3, name: "runs", sql: runs),
        Migration(version: 4, name: "authorizations and callbacks", sql: authorizations),
        Migration(version: 5, name: "outbox", sql: Outbox.migrationSQL(schema: schema)),
        Migration(version: 6, name: "background work", sql: BackgroundSchema.migrationSQL(schema: schema)),
        Migration(version: 7, name: "hints of changes", sql: hints),
        Migration(version: 8, name: "grants", sql: grants),
        Migration(version: 9, name: "calls to WeCom", sql: EgressSchema.migrationSQL(schema: schema) + seenAddresses),
        Migration(version: 10, name: "notifications", sql: notifications),
        Migration(version: 11, name: "clients", sql: clients),
        Migration(version: 12, name: "sealing keys", sql: ResealingSchema.migrationSQL(schema: schema)),
    ]

    /// The address that WeCom saw an identity provider's calls come from, at its last preflight.
    private static let seenAddresses = """

        create table registry.seen_addresses (
            idp uuid primary key references registry.identity_providers on delete cascade,
            address text not null,
            seen_at timestamptz not null
        );
        create index on registry.seen_addresses (seen_at);
        """
}
