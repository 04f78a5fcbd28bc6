import BackgroundWork
import Failures
import Logging
import Postgres
import PostgresTesting
import Runtime
import ServiceLifecycle
import Synchronization

/// An error of a class of the test's choice.
struct Failure: ClassifiedFailure, CustomStringConvertible {
    let failureClass: FailureClass
    var description: String { "failed: \(failureClass)" }
}

/// Outages are what some tests are about: their warnings are no news.
let quietest: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// What was worked on, in its order.
final class Seen: Sendable {
    private let items = Mutex<[String]>([])
    var all: [String] { items.withLock { $0 } }
    func note(_ item: String) { items.withLock { $0.append(item) } }
}

/// Keeps who comes waiting, whatever becomes of them, until it is opened.
final class Gate: Sendable {
    private let isOpen = Atomic(false)
    func open() { isOpen.store(true, ordering: .relaxed) }
    func wait() async { while !isOpen.load(ordering: .relaxed) { await Task.yield() } }
}

/// Lends out a database with a queue of errands in schema `shop`.
func withErrands(_ body: (Database) async throws -> Void) async throws {
    try await withTestDatabase { database, _ in
        try await prepare(database)
        try await body(database)
    }
}

func prepare(_ database: Database) async throws {
    let errands = """
        create table shop.errands (
            id integer primary key, what text not null, done_at timestamptz, \(BackgroundSchema.queueColumns)
        )
        """
    let migrations = [
        Migration(version: 1, name: "jobs", sql: BackgroundSchema.migrationSQL(schema: "shop")),
        Migration(version: 2, name: "errands", sql: errands),
    ]
    try await Migrator(schema: "shop", migrations: migrations).run(on: database)
}

func makeQueue(
    _ database: Database,
    concurrency: Int = 1,
    lease: Duration = .seconds(10),
    completion: QueueTable.Completion = .delete,
    lane: QueueTable.Lane? = nil,
    judge: @escaping @Sendable (Claim<String>, any Error) -> FailureClass = { FailureClass(of: $1) },
    _ work: @escaping @Sendable (Claim<String>) async throws -> Void
) -> WorkQueue<String> {
    WorkQueue(
        "errands",
        table: QueueTable(
            "shop.errands",
            key: "id",
            keyType: "integer",
            columns: "what",
            order: "id",
            completion: completion,
            lane: lane
        ),
        database: database,
        policy: .init(
            concurrency: concurrency,
            interval: .milliseconds(20),
            lease: lease,
            backoff: Backoff(first: .seconds(10), limit: .seconds(600), jitter: 0.1),
            judge: judge
        ),
        logger: quietest,
        decode: { row in
            let what = try row.decode(String.self)
            guard what != "bad" else { throw Failure(failureClass: .permanent) }
            return what
        },
        work: work
    )
}

/// Runs services beside `body`.
func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
    let tasks = services.map { service in Task { try await service.run() } }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    for task in tasks {
        task.cancel()
        _ = await task.result
    }
    try result.get()
}

extension Database {
    func add(_ ids: Range<Int>) async throws {
        try await run(
            "insert into shop.errands (id, what) select n, n::text from unnest(\(Array(ids))::integer[]) as n"
        )
    }

    func count(_ condition: SQL = "true") async throws -> Int {
        try await run("select count(*) from shop.errands where \(condition)")[0].decode(Int.self)
    }

    /// When the only row's lease ends, in seconds.
    func lease() async throws -> Double {
        try await run("select extract(epoch from claimed_until)::float8 from shop.errands")[0].decode(Double.self)
    }

    func setAside() async throws -> (what: [String], reason: [String]) {
        let rows = try await run("select what, reason from shop.errands where set_aside_at is not null order by id")
        let pairs = try rows.decode(String.self, String.self)
        return (pairs.map(\.0), pairs.map(\.1))
    }
}
