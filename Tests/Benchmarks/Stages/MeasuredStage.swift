import Messages
import Postgres
import SuiteTesting

/// A service, what it reads, and how its work is undone, so that it can do the same once more.
struct MeasuredStage: Sendable {
    /// What the result calls it.
    let name: String
    let service: Suite.Service
    let input: Topic
    /// Empties what the service has made of its input; run while the service is stopped.
    let undo: [SQL]
    /// Whether nothing is left to do once the input is read.
    let isAtRest: SQL
}

extension MeasuredStage {
    /// The stages, in the order in which they are measured: against the stream, since each adds to the topic that the
    /// next one reads, whose recording has been made before.
    static let all = [registry, verifier, writer, mapper, fetcher]

    /// Their names in the order of the stream.
    static let names = ["fetcher", "mapper", "writer", "verifier", "registry"]

    private static let fetcher = MeasuredStage(
        name: "fetcher",
        service: .fetcher,
        input: TopicCatalogue.commands,
        undo: ["truncate fetcher.inbox, fetcher.checkpoints, fetcher.checkpoint_people, fetcher.leases"],
        isAtRest: "select not exists (select from fetcher.inbox where state <> 'done')"
    )

    private static let mapper = MeasuredStage(
        name: "mapper",
        service: .mapper,
        input: TopicCatalogue.wecomRecords,
        undo: [],
        isAtRest: "select true"
    )

    /// The offsets stay: the writer goes on behind what it has read, where the recording is played next.
    private static let writer = MeasuredStage(
        name: "writer",
        service: .writer,
        input: TopicCatalogue.directoryRecords,
        undo: [
            """
            truncate directory.sources, directory.former_users, directory.runs, directory.departments, directory.users,
                directory.memberships, directory.outbox
            """
        ],
        isAtRest: "select not exists (select from directory.outbox)"
    )

    private static let verifier = MeasuredStage(
        name: "verifier",
        service: .verifier,
        input: TopicCatalogue.directoryChanges,
        undo: ["truncate verifier.principals, verifier.projection"],
        isAtRest: "select not exists (select from verifier.outbox)"
    )

    private static let registry = MeasuredStage(
        name: "registry",
        service: .registry,
        input: TopicCatalogue.progress,
        undo: [
            """
            update registry.runs set state = 'requested', outcome = null, reasons = '{}', error_code = null,
                counts = null, fence = 0, departments_expected = 0, departments_read = 0, users_seen = 0, pages = 0,
                pages_applied = 0, started_at = null, progress_at = now(), finished_at = null
            """
        ],
        isAtRest: "select not exists (select from registry.outbox)"
    )
}
