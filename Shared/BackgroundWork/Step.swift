import Failures
import Logging
import Metrics
public import Postgres

/// A part of a ``PeriodicJob`` that can fail alone.
public struct Step: Sendable {
    /// What it does, for logs and metrics: `old runs`.
    public let name: String
    let body: @Sendable (Report) async throws -> Void

    /// Anything that may be done again at any time.
    public init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = { _ in try await body() }
    }

    private init(_ name: String, reporting body: @escaping @Sendable (Report) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Something that is done for each of several things, such as identity providers that are due: what fails for
    /// one, be it that its row cannot be read, is told and keeps nobody else waiting.
    ///
    /// - Parameters:
    ///   - items: Names what is due, by no more than an id, so that it cannot fail for one of them.
    ///   - body: Reads and does it, in a transaction of its own.
    public static func each<Item: Sendable>(
        _ name: String,
        of items: @escaping @Sendable () async throws -> [Item],
        _ body: @escaping @Sendable (Item) async throws -> Void
    ) -> Step {
        Step(
            name,
            reporting: { report in
                for item in try await items() {
                    try Task.checkCancellation()
                    do {
                        try await body(item)
                    } catch let error as PostgresError where error.isAway {
                        throw error  // Nor would the next one succeed.
                    } catch let error as CancellationError {
                        throw error
                    } catch {
                        report.failed(name, item: "\(item)", error)
                    }
                }
            }
        )
    }

    /// Deletes rows that are no longer needed, a thousand at a time, so that nobody waits for their locks for long. By where
    /// they lie, in which of its partitions if the table has some: each has a row at the same place.
    ///
    /// - Parameters:
    ///   - table: `registry.audit`.
    ///   - condition: Which rows: `at < now() - interval '30 days'`; an index should find them.
    public static func deletion(
        _ name: String,
        from table: SQL,
        where condition: SQL,
        in database: Database
    ) -> Step {
        Step(name) {
            var deleted = batch
            while deleted == batch {
                try Task.checkCancellation()
                deleted = try await database.run(
                    """
                    with old as materialized (
                        select tableoid as part, ctid as place from \(table) where \(condition)
                        limit \(batch) for update skip locked
                    ), gone as (
                        delete from \(table) where ctid = any(array(select place from old))
                            and (tableoid, ctid) in (select part, place from old)
                        returning 1
                    ) select count(*) from gone
                    """
                )[0].decode(Int.self)
            }
        }
    }

    private static let batch = 1_000
}

/// Where a job tells its troubles: metrics and the log, as nobody else waits for it.
struct Report: Sendable {
    let job: String
    let logger: Logger

    func succeeded(_ step: String) { count(step, "succeeded") }

    func failed(_ step: String, item: String? = nil, _ error: any Error) {
        count(step, "failed")
        var metadata: Logger.Metadata = ["job": "\(job)", "step": "\(step)", "error": "\(error)"]
        if let item { metadata["item"] = "\(item)" }
        logger.warning("background work failed and will be tried again", metadata: metadata)
    }

    /// Shows a step from the start, so that its first failure is seen as growth.
    func show(_ step: String) {
        for outcome in ["succeeded", "failed"] { count(step, outcome, 0) }
    }

    private func count(_ step: String, _ outcome: String, _ times: Int = 1) {
        // Prometheus calls what it scrapes `job`.
        let dimensions = [("task", job), ("step", step), ("outcome", outcome)]
        Counter(label: "background.steps", dimensions: dimensions).increment(by: times)
    }
}
