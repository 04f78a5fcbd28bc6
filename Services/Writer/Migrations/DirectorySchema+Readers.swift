extension DirectorySchema {
    /// Rows of the tenant that the reader is shown. As subqueries the functions are asked once for a statement, rather than
    /// for each of its rows.
    static let ofShownTenant = "(select shows_all()) or tenant_id = (select shown_tenant())"

    /// Rows of the identity providers that the reader is shown.
    static let ofShownSource = "idp_id in (select idp_id from sources)"

    /// SQL that lets the reader's role see certain rows of a table, and no others in its partitions, should it ever be let
    /// at one of them by name.
    ///
    /// Of the table itself the policy does not bind the owner, as PostgreSQL has nobody COPY into what binds them.
    static func oneTenant(_ table: String, where condition: String) -> String {
        """
        grant select on \(table) to directory_reader;
        alter table \(table) enable row level security;
        do $$
        declare
            part regclass;
        begin
            for part in
                select '\(table)'::regclass union all
                select inhrelid from pg_inherits where inhparent = '\(table)'::regclass
            loop
                execute format('create policy one_tenant on %s to directory_reader using (\(condition))', part);
            end loop;
        end $$;
        """
    }
}
