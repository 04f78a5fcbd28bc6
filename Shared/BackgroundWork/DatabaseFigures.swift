public import Logging
import Metrics
public import Postgres
import Runtime
public import ServiceLifecycle

/// Shows what stands in a database as gauges, looked up again and again.
///
/// Every instance looks for itself, so that none that ends takes a figure along; of several, the greatest counts.
/// Trouble is a log line and `background_steps_total`, and the figures stay as they were.
public struct DatabaseFigures: Service {
    /// A gauge with a series for each of a few values that are known beforehand.
    public struct Figure: Sendable {
        let label: String
        let constants: [(String, String)]
        let dimension: String
        let values: [String]
        let statement: SQL

        /// - Parameters:
        ///   - label: The gauge's name: `directory.missing`.
        ///   - constants: Dimensions that all series have.
        ///   - dimension: What tells the series apart: `state`.
        ///   - values: All that it can be. What the statement does not name is 0, and what it names beside is not shown,
        ///     so that no row makes a series.
        ///   - statement: Rows of a value, as text, and a `bigint`. It should read an index alone.
        public init(
            _ label: String,
            constants: [(String, String)] = [],
            by dimension: String,
            values: [String],
            _ statement: SQL
        ) {
            self.label = label
            self.constants = constants
            self.dimension = dimension
            self.values = values
            self.statement = statement
        }

        /// The figures as they are now, by value.
        ///
        /// - Throws: ``PostgresError``.
        public func look(in database: Database) async throws -> [String: Int] {
            let rows = try await database.run(statement, within: .seconds(20))
            let found = try rows.map { try $0.decode(String.self, Int.self) }
            let known = Dictionary(found.map { ($0.0, $0.1) }) { $0 + $1 }
            return Dictionary(uniqueKeysWithValues: values.map { ($0, known[$0] ?? 0) })
        }

        func show(_ found: [String: Int]) {
            for (value, count) in found {
                Gauge(label: label, dimensions: constants + [(dimension, value)]).record(count)
            }
        }
    }

    private let figures: [Figure]
    private let database: Database
    private let period: Duration
    private let report: Report

    /// - Parameter period: From the end of one look to the beginning of the next.
    public init(_ figures: [Figure], in database: Database, every period: Duration = .seconds(30), logger: Logger) {
        self.figures = figures
        self.database = database
        self.period = period
        report = Report(job: "figures", logger: logger)
        for figure in figures { report.show(figure.label) }
    }

    /// Looks until graceful shutdown.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for figure in figures { await look(at: figure) }
                try? await Task.sleep(for: period)
            }
        }
    }

    private func look(at figure: Figure) async {
        do {
            figure.show(try await figure.look(in: database))
            report.succeeded(figure.label)
        } catch {
            if !Task.isCancelled { report.failed(figure.label, error) }
        }
    }
}
