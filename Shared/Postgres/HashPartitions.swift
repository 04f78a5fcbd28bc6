/// Tables whose rows are spread over partitions by the hash of a column, so that each is small, and can lie elsewhere.
///
/// How many there are is said when they are made (``Migrator``) and stays: the database knows it. Rows are reached by the
/// table's name alone, whose policies count then. Of a partition PostgreSQL asks only its own: each has row-level security
/// that binds its owner, too, so that whoever names one sees nothing unless a policy of its own lets them.
public enum HashPartitions {
    /// How many there are where nobody says otherwise.
    public static let standardCount = 16

    /// How many there may be.
    public static let possibleCounts = 1...256

    /// Where a migration finds how many it makes.
    static let setting = "wecombridge.partitions"

    /// SQL that makes the partitions of tables that end in `partition by hash`: `users_p0`, `users_p1` and so on.
    ///
    /// - Parameter tables: As the migration calls them, with the schema where it does.
    public static func migrationSQL(of tables: [String]) -> String {
        """
        do $$
        declare
            partitions constant integer := current_setting('\(setting)');
            partitioned text;
            part text;
        begin
            foreach partitioned in array '{\(tables.joined(separator: ","))}'::text[] loop
                for number in 0 .. partitions - 1 loop
                    part := format('%s_p%s', partitioned, number);
                    execute format('create table %s partition of %s for values with (modulus %s, remainder %s)',
                        part, partitioned, partitions, number);
                    execute format('alter table %s enable row level security, force row level security', part);
                end loop;
            end loop;
        end $$;
        """
    }
}
