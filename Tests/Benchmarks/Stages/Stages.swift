import ArgumentParser
import Foundation
import SuiteTesting

/// `bridge-bench stages`: each service alone, on the recorded topics of one synchronization.
struct Stages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Measures what each service alone needs for the people of one synchronization.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "People in the make-believe WeCom, 200 to 1,000,000.")
    var users = 20_000

    @Option(help: "Departments in the make-believe WeCom, 1 to 30,000.")
    var departments = 400

    @Option(help: "How often the processor's time is taken; medians are told.")
    var rounds = 3

    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard (200...1_000_000).contains(users) else { throw ValidationError("--users is 200 to 1,000,000") }
        guard (1...30_000).contains(departments) else { throw ValidationError("--departments is 1 to 30,000") }
        guard rounds > 0 else { throw ValidationError("--rounds is 1 or more") }
    }

    func run() async throws {
        // No page waits for the writer: each service works alone.
        let variables = ["FETCHER_WINDOW_PAGES": "100000", "FETCHER_WINDOW_SECONDS": "3600"]
            .merging(suite.variables) { $1 }
        let figures = try await withMeasuredSuite("stages", variables: variables) { measured in
            let benchmark = try await StageBenchmark(measured, users: users, departments: departments)
            return try await benchmark.measure(rounds: rounds)
        }
        suite.show(table(of: figures), line(of: figures))
    }

    private func line(of figures: [String: StageFigures]) -> Figure {
        let stages = MeasuredStage.names.map { name in
            (name, figures[name].map { Figure.object($0.result(people: users)) } ?? .unknown)
        }
        return Figure.object([
            ("users", .count(users)), ("departments", .count(departments)), ("stages", .object(stages)),
        ])
    }

    private func table(of figures: [String: StageFigures]) -> String {
        var table = Table()
        for name in MeasuredStage.names {
            let seconds = figures[name]?.processorSeconds.median
            table.add("\(name), people a second and core", seconds.map { Double(users) / $0 }, places: 0)
            table.add("\(name), time a person", seconds.map { $0 / Double(users) * 1e6 }, "µs")
            let allocations = figures[name]?.allocations.map { Double($0) / Double(users) }
            table.add("\(name), allocations a person", allocations, places: 1)
        }
        return table.text
    }
}
