import ArgumentParser
import Kafka
import Logging
import Pipeline
import Postgres
import Runtime

/// Where to look for what was set aside.
struct DeadSources: ParsableArguments {
    @Option(
        help:
            "A service's database, as its own role, whose set-aside records are meant too; else DATABASE_URL, else none."
    )
    var databaseURL: String?

    @Flag(help: "As JSON, for programs.") var json = false

    /// The topics, and the database if there is one.
    func open(_ environment: Environment) throws -> Sources {
        let url = databaseURL ?? environment.optional("DATABASE_URL")
        return Sources(
            letters: LetterSource(
                settings: try environment.kafkaSettings(),
                namespace: try environment.topicNamespace(),
                logger: Logger(label: "bridgectl")
            ),
            rows: url.map { RowSource(database: Database(url: $0, connections: 1, logger: Logger(label: "bridgectl"))) }
        )
    }
}

/// All places where something may be set aside.
struct Sources: Sendable {
    let letters: LetterSource
    let rows: RowSource?

    /// All of it, oldest first.
    func items() async throws -> [SetAside] {
        let rows = try await rows?.items() ?? []
        return (try await letters.items() + rows).sorted { ($0.since, $0.id) < ($1.since, $1.id) }
    }

    /// What of it an operator means.
    func items(_ selection: DeadSelection) async throws -> [SetAside] { selection.of(try await items()) }
}
