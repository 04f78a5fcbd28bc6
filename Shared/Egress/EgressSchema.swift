public import BackgroundWork
public import Postgres

/// What a service that calls WeCom keeps about its calls, in its own schema and shared by all of its instances.
public enum EgressSchema {
    /// Creates the tables; for a migration of the service that owns the schema.
    public static func migrationSQL(schema: String) -> String {
        let schema = "\"\(schema.replacing("\"", with: "\"\""))\""
        return """
            create table \(schema).call_budgets (
                subject text not null,
                interface text not null,
                seconds bigint not null,
                started_at timestamptz not null,
                used bigint not null,
                granted bigint not null,
                most bigint not null,
                primary key (subject, interface, seconds, started_at)
            );
            create index on \(schema).call_budgets (started_at);
            comment on column \(schema).call_budgets.granted is 'what the last who asked got of it';
            comment on column \(schema).call_budgets.most is 'the limit that the last who asked knew';
            comment on table \(schema).call_budgets is
                'calls that instances have taken, by whom they count for, in each clock minute and hour';

            create table \(schema).refused_credentials (
                digest bytea primary key,
                times integer not null,
                code bigint not null,
                message text not null,
                refused_at timestamptz not null,
                until timestamptz not null
            );
            create index on \(schema).refused_credentials (refused_at);
            comment on table \(schema).refused_credentials is
                'what WeCom refused last, answered until then without another call';

            create table \(schema).refused_tries (
                subject text primary key,
                tries integer not null,
                last_at timestamptz not null,
                until timestamptz not null
            );
            create index on \(schema).refused_tries (last_at);
            comment on table \(schema).refused_tries is
                'how often whoever it is gave credentials that WeCom refused; until then they give none';
            """
    }

    /// Deletes what is no longer needed.
    public static func cleanUp(schema: String, in database: Database) -> [Step] {
        [
            .deletion(
                "calls of windows that are over",
                from: "\(identifier: schema, "call_budgets")",
                where: "started_at < now() - interval '2 hours'",
                in: database
            ),
            .deletion(
                "credentials that were refused long ago",
                from: "\(identifier: schema, "refused_credentials")",
                where: "refused_at < now() - interval '2 hours'",
                in: database
            ),
            .deletion(
                "tries of long ago",
                from: "\(identifier: schema, "refused_tries")",
                where: "last_at < now() - interval '2 hours' and until < now()",
                in: database
            ),
        ]
    }
}
