import ArgumentParser

/// `bridge-bench troubles`: healthy tenants with and without others beside them whose WeCom is in trouble.
struct Troubles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "troubles",
        abstract: "Synchronises healthy tenants alone, and beside some that hang, are limited or answer garbage.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "How many healthy tenants there are, 1 to 10,000.")
    var tenants = 140

    @Option(help: "People of each healthy tenant, 10 to 10,000.")
    var users = 50

    @Option(help: "How many there are of each kind of trouble, 1 to 1,000.")
    var troubled = 20

    @Option(help: "The time in which all healthy tenants are due, one after another at even distances.")
    var seconds = 20.0

    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard (1...10_000).contains(tenants) else { throw ValidationError("--tenants is 1 to 10,000") }
        guard (10...10_000).contains(users) else { throw ValidationError("--users is 10 to 10,000") }
        guard (1...1_000).contains(troubled) else { throw ValidationError("--troubled is 1 to 1,000") }
        guard seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds is up to 3,600") }
    }

    func run() async throws {
        let load = TenantLoad(tenants: tenants, users: users, span: .seconds(seconds), variables: suite.variables)
        let alone = try await load.run()
        let beside = try await load.run(beside: .troubled(troubled))
        let summary = TroubleSummary(load: load, troubled: troubled, alone: alone.small, beside: beside.small)
        suite.show(summary.table, summary.json)
    }
}

/// The healthy tenants' times with and without the others.
struct TroubleSummary {
    private static let tail = 0.99

    let load: TenantLoad
    /// Of each kind.
    let troubled: Int
    let alone: [Double]
    let beside: [Double]

    private var ratio: Double? {
        guard let alone = alone.percentile(Self.tail), let beside = beside.percentile(Self.tail) else { return nil }
        return beside / alone
    }

    /// One line of JSON.
    var json: Figure {
        .object([
            ("tenants", .count(load.tenants)),
            ("users_each", .count(load.users)),
            ("troubled", .count(3 * troubled)),
            ("alone_median_s", .number(alone.median, places: 3)),
            ("alone_p99_s", .number(alone.percentile(Self.tail), places: 3)),
            ("beside_median_s", .number(beside.median, places: 3)),
            ("beside_p99_s", .number(beside.percentile(Self.tail), places: 3)),
            ("ratio_p99", .number(ratio, places: 3)),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        table.add("healthy tenants, people of each, others", "\(load.tenants), \(load.users), \(3 * troubled)")
        table.add("alone, median", alone.median, "s", places: 3)
        table.add("alone, 99th percentile", alone.percentile(Self.tail), "s", places: 3)
        table.add("beside those in trouble, median", beside.median, "s", places: 3)
        table.add("beside those in trouble, 99th percentile", beside.percentile(Self.tail), "s", places: 3)
        table.add("99th percentile beside times alone", ratio)
        return table.text
    }
}
