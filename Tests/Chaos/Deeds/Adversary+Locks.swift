import Postgres
import SuiteTesting

extension Adversary {
    /// What a service waits for when somebody else has it.
    private static let tables: [Victim.Service: (schema: String, names: [String])] = [
        .registry: ("registry", ["runs", "identity_providers", "outbox"]),
        .fetcher: ("fetcher", ["inbox", "leases"]),
        .writer: ("directory", ["users", "sources", "outbox"]),
        .verifier: ("verifier", ["principals", "projection", "sessions"]),
    ]
    /// So long before the table is free again its service is killed.
    private static let lead = 500

    /// Somebody else holds a table, as maintenance does, and all copies of the service are killed while they wait: what
    /// they were about to do is done later, all of it.
    func lockTable(_ fault: Fault) async throws {
        let service = try victim(of: fault).service
        var random = SeededGenerator(seed: fault.seed)
        guard let (schema, names) = Self.tables[service], let table = names.randomElement(using: &random) else {
            throw Impossible(description: "\(service.rawValue) has no tables")
        }
        say("    \(schema).\(table) is locked")
        let copies = field.copies(of: service)
        for copy in copies { field.supervisor.leave(copy.victim) }
        let database = Database(url: field.suite.databaseURL, connections: 1, logger: quietLogger())
        let result = await asyncResult {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await database.transaction { connection in
                        try connection.run("lock table \(identifier: schema, table) in access exclusive mode")
                        try connection.run("select pg_sleep(\(Double(fault.lasting) / 1_000))")
                    }
                }
                try await Task.sleep(for: .milliseconds(max(0, fault.lasting - Self.lead)))
                for copy in copies { copy.process.kill() }
                try await group.waitForAll()
            }
        }
        await database.close()
        for copy in copies { try field.supervisor.restore(copy.victim) }
        try result.get()
    }
}
