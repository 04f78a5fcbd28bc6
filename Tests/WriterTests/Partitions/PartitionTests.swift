import Messages
import Postgres
import Testing

@testable import Writer

/// Large tables are made in partitions by the hash of the identity provider.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct PartitionTests {
    /// Each with a partition for each remainder.
    private static let tables: Set<String> = [
        "copies", "deleted_objects", "departments", "former_users", "losses", "memberships", "missing", "pages",
        "plan_objects", "planned_parts", "run_objects", "users",
    ]

    @Test("a statement of the writer, or of its read API, looks at one partition of each table that it names")
    func onePartition() async throws {
        try await WriterWorld.with(partitions: 5) { world in
            let source = Source()
            for (statement, tables) in Self.statements(of: source.id) {
                let found = try await world.database.transaction { connection in
                    try connection.execute(
                        """
                        create temporary table staged_departments
                        (like directory.departments including defaults) on commit drop
                        """
                    )
                    return try Self.partitions(in: statement, on: connection)
                }
                #expect(Set(found.keys) == tables, "\(statement.text)")
                #expect(found.values.allSatisfy { $0.count == 1 }, "\(found): \(statement.text)")
                // One identity provider's rows lie in the same partition of each.
                #expect(Set(found.values.map { $0.sorted() }).count == 1, "\(found): \(statement.text)")
            }
            // What names no identity provider looks at all of them: the check can fail.
            let all = try await world.database.transaction { connection in
                try Self.partitions(in: "select count(*) from directory.users", on: connection)
            }
            #expect(all["users"]?.count == 5)
        }
    }

    /// Statements that are run for each page, or read everybody, and the tables they name.
    private static func statements(of id: IdentityProviderID) -> [(SQL, Set<String>)] {
        let comparison = PlanComparison(
            identityProvider: id.uuid,
            plan: Epoch(rawValue: 1),
            found: Epoch(rawValue: 2)
        )
        let page: SQL = "where u.idp_id = \(id.uuid) order by u.directory_key limit 10"
        return [
            (DepartmentWriting.merge(into: id), ["departments"]),
            (Republication.people(of: id, after: ""), ["users", "memberships"]),
            (DirectoryUser.query(page, of: id), ["users", "memberships", "departments"]),
            (DirectoryMissingObject.query(of: id, nil, after: "", limit: 10), ["missing", "users", "departments"]),
            ("select count(*) " + comparison.different(), ["plan_objects"]),
        ]
    }

    /// Which partitions of which tables a statement's plan has.
    private static func partitions(
        in statement: SQL,
        on connection: isolated Connection
    ) throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        let lines = try connection.run("explain (costs off) " + statement).map { try $0.decode(String.self) }
        for line in lines {
            let words = line.split(separator: " ")
            for (before, name) in zip(words, words.dropFirst()) where before == "on" {
                let parts = name.split(separator: "_")
                guard let last = parts.last, last.first == "p", Int(last.dropFirst()) != nil else { continue }
                found[parts.dropLast().joined(separator: "_"), default: []].insert(String(last))
            }
        }
        return found
    }

    @Test("every large table has as many partitions as were asked for, each with an identity provider's key")
    func counts() async throws {
        try await WriterWorld.with(partitions: 3) { world in
            let parents = try await world.strings(
                """
                select c.relname::text from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
                where (select count(*) from pg_inherits i where i.inhparent = c.oid) = 3
                    and pg_get_partkeydef(c.oid) = 'HASH (idp_id)'
                """
            )
            #expect(Set(parents) == Self.tables)
            #expect(parents.count == Self.tables.count)
        }
    }

    @Test("a partition that is asked for by its own name shows the reader's role nothing of another tenant")
    func readingPartitions() async throws {
        try await WriterWorld.with { world in
            let (own, other) = (Source(), Source())
            try await Self.fill(world, [own, other])
            let names = try await world.strings(
                """
                select relname::text from pg_class
                where relnamespace = 'directory'::regnamespace and relkind = 'r' and relispartition
                    and relrowsecurity and relforcerowsecurity
                """
            )
            #expect(names.count == 2 * Self.tables.count)
            // It has no right to any.
            for name in names {
                let error = try await #require(throws: PostgresError.self) {
                    _ = try await Self.rows(of: name, shown: own.tenant, to: world)
                }
                #expect(error.code.rawValue == "42501", "\(name)")
            }
            // Nor does it see anything by one that somebody gives it.
            try await world.database.run("grant select on all tables in schema directory to directory_reader")
            var seen: [String: Int] = [:]
            for name in names {
                let ids = try await Self.rows(of: name, shown: own.tenant, to: world)
                #expect(ids.allSatisfy { $0 == own.id.description.lowercased() }, "\(name)")
                seen[String(name.prefix { $0 != "_" }), default: 0] += ids.count
            }
            #expect(seen["users"] == 2)
            #expect(seen["memberships"] == 2)
            #expect(seen["departments"] == 1)
            #expect(seen["pages"] == 0)
        }
    }

    /// One department with two people each.
    private static func fill(_ world: WriterWorld, _ sources: [Source]) async throws {
        var log = RunLog()
        for source in sources {
            try log.append(RunLog.Run(source: source), users: [person("ann"), person("bob")])
        }
        try await world.assignedIntake().read(log)
        try await world.database.run("delete from directory.pages")
        for source in sources {
            try await world.database.run(
                """
                insert into directory.pages (idp_id, department_id, part, digest, mapping, content, filtered)
                values (\(source.id.uuid), 1, 0, '', '', '', '')
                """
            )
        }
    }

    /// The identity providers of the rows of a partition, as the reader's role sees it for a tenant.
    private static func rows(
        of partition: String,
        shown tenant: TenantID,
        to world: WriterWorld
    ) async throws -> [String] {
        try await world.database.transaction { connection in
            try connection.run("set local role \(identifier: DirectorySchema.readerRole)")
            try connection.run("select set_config('directory.tenant', \(tenant.description), true)")
            return try connection.run("select idp_id::text from \(identifier: "directory", partition)")
                .map { try $0.decode(String.self) }
        }
    }
}
