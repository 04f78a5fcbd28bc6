import ArgumentParser

/// `bridge-bench tenants`: many small tenants that are due together, with and without a giant beside them.
struct Tenants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants",
        abstract: "Synchronises many small tenants at once, alone and beside one giant.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "How many small tenants there are, 1 to 10,000.")
    var tenants = 2_000

    @Option(help: "People of each small tenant, 10 to 10,000.")
    var users = 50

    @Option(help: "People of the giant, 200 to 1,000,000; 0 measures the small tenants alone.")
    var giant = 100_000

    @Option(help: "The time in which all small tenants are due, one after another at even distances.")
    var seconds = 60.0

    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard (1...10_000).contains(tenants) else { throw ValidationError("--tenants is 1 to 10,000") }
        guard (10...10_000).contains(users) else { throw ValidationError("--users is 10 to 10,000") }
        guard giant == 0 || (200...1_000_000).contains(giant) else {
            throw ValidationError("--giant is 0, or 200 to 1,000,000")
        }
        guard seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds is up to 3,600") }
    }

    func run() async throws {
        let load = TenantLoad(tenants: tenants, users: users, span: .seconds(seconds), variables: suite.variables)
        let alone = try await load.run()
        let beside = giant == 0 ? nil : try await load.run(beside: .giant(giant))
        let summary = TenantSummary(load: load, giant: giant, alone: alone, beside: beside)
        suite.show(summary.table, summary.json)
    }
}
