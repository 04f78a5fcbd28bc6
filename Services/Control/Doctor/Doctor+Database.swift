import Examination
import Logging
import Pipeline
import Postgres
import Runtime
import Sealing

extension Doctor {
    /// The database that is named by `DATABASE_URL`, as its role.
    static func database(_ environment: Environment) async -> [CheckResult] {
        guard let url = environment.optionalSecret("DATABASE_URL") else {
            return [CheckResult("database", .skipped, "DATABASE_URL is not set here")]
        }
        let database = Database(
            url: url.withValue { $0 },
            connections: 1,
            logger: Logger(label: "bridgectl") { _ in SwiftLogNoOpLogHandler() }
        )
        let findings = await DatabaseExamination(database: database).findings()
        await database.close()
        return findings
    }
}
