import ArgumentParser
import SuiteTesting

/// `bridge-bench scale`: how time, memory and the database grow with the enterprise.
struct Scale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Synchronises ever larger tenants for the first time, each in a fresh suite.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    private static let peoplePerDepartment = 50
    private static let mostDepartments = 30_000

    @Option(help: "People of each tenant, separated by commas.")
    var sizes = "10000,100000,300000,1000000"

    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard !parsedSizes.isEmpty, parsedSizes.allSatisfy({ (1...1_000_000).contains($0) }) else {
            throw ValidationError("--sizes are numbers of 1 to 1,000,000, separated by commas")
        }
    }

    func run() async throws {
        var found: [ScaleFigures] = []
        for users in parsedSizes { found.append(try await measure(users)) }
        let summary = ScaleSummary(sizes: found)
        suite.show(summary.table, summary.json)
    }

    private var parsedSizes: [Int] {
        sizes.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    }

    private func measure(_ users: Int) async throws -> ScaleFigures {
        let departments = min(max(users / Self.peoplePerDepartment, 1), Self.mostDepartments)
        return try await withMeasuredSuite("scale", variables: suite.variables) { measured in
            let connected = try await measured.connect("measured", users: users, departments: departments)
            let first = try await measured.synchronizeFirst(connected, users: users)
            note("  \(users) people   \(first.seconds.rounded(toPlaces: 3)) s")
            return ScaleFigures(
                users: users,
                departments: departments,
                first: first,
                databaseMegabytes: try await measured.databaseMegabytes(),
                partitions: try await measured.partitionedTables()
            )
        }
    }
}
