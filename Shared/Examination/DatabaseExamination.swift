import Foundation
public import Pipeline
public import Postgres

/// Whether a database is reached, is one that the services can use, and whether the role sees its own schema alone.
public struct DatabaseExamination: Sendable {
    private static let oldest = 150_000

    private let database: Database

    /// - Parameter database: Asked by the role that is looked at; stays the caller's to close.
    public init(database: Database) { self.database = database }

    /// What was found.
    public func findings() async -> [CheckResult] {
        do {
            return Self.findings(try await Self.look(database))
        } catch {
            let fix = "see that DATABASE_URL names a server that is reached from here, and a role of postgres-init.sql"
            return [CheckResult("database", .failed, "\(error)", fix: fix)]
        }
    }

    /// What the database says of itself and of us.
    public struct Answer: Sendable {
        /// Who we are there.
        public var role: String
        /// As PostgreSQL counts: 150004.
        public var version: Int
        /// Whether nothing keeps the role from anything.
        public var isSuperuser: Bool
        /// The services' schemas that the role may use.
        public var schemas: [String]
        /// How far its clock is before ours, in seconds.
        public var ahead: Double

        /// Made by hand, for tests of what is made of it.
        public init(role: String, version: Int, isSuperuser: Bool, schemas: [String], ahead: Double) {
            self.role = role
            self.version = version
            self.isSuperuser = isSuperuser
            self.schemas = schemas
            self.ahead = ahead
        }
    }

    private static func look(_ database: Database) async throws -> Answer {
        let before = Date()
        let row = try await database.run(
            """
            select current_user::text, current_setting('server_version_num')::bigint,
                (select rolsuper from pg_roles where rolname = current_user),
                array_to_string(array(
                    select nspname::text from pg_namespace
                    where nspname in ('registry', 'fetcher', 'directory', 'verifier')
                        and has_schema_privilege(oid, 'usage') order by 1), ','),
                extract(epoch from clock_timestamp())::float8
            """,
            within: .seconds(10)
        )[0]
        let (role, version, isSuperuser, schemas, time) = try row.decode(
            String.self,
            Int.self,
            Bool.self,
            String.self,
            Double.self
        )
        let ours = (before.timeIntervalSince1970 + Date().timeIntervalSince1970) / 2
        return Answer(
            role: role,
            version: version,
            isSuperuser: isSuperuser,
            schemas: schemas.split(separator: ",").map(String.init),
            ahead: time - ours
        )
    }

    /// What is to be said of an answer.
    public static func findings(_ answer: Answer) -> [CheckResult] {
        let version = "PostgreSQL \(answer.version / 10_000).\(answer.version % 10_000)"
        let server =
            answer.version >= oldest
            ? CheckResult("database", .passed, "\(version) answers \(answer.role)")
            : CheckResult("database", .failed, "\(version) is too old", fix: "take PostgreSQL 15 or later")
        return [server, role(answer), CheckResult(clock: "database", ahead: answer.ahead)]
    }

    private static func role(_ answer: Answer) -> CheckResult {
        let fix = "give each service the role of its own that compose/postgres-init.sql makes"
        if answer.isSuperuser {
            let finding = "\(answer.role) is a superuser, whom nothing keeps from other services' and tenants' rows"
            return CheckResult("role", .failed, finding, fix: fix)
        }
        guard answer.schemas.count == 1 else {
            let seen = answer.schemas.isEmpty ? "no schema of a service" : answer.schemas.joined(separator: ", ")
            return CheckResult("role", .failed, "\(answer.role) sees \(seen)", fix: fix)
        }
        return CheckResult("role", .passed, "\(answer.role) sees the schema \(answer.schemas[0]) alone")
    }
}
