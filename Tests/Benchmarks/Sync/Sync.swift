import ArgumentParser
import SuiteTesting

/// `bridge-bench sync`: whole synchronizations beside a plain program and beside PostgreSQL's own limit.
struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Synchronises a tenant for the first time, again, and after changes.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "People in the make-believe WeCom, 200 to 1,000,000.")
    var users = 100_000

    @Option(help: "Departments in the make-believe WeCom, 1 to 30,000.")
    var departments = 2_000

    @Option(help: "How often everything is measured; medians are told.")
    var rounds = 3

    @Option(help: "A plain program to measure in the same rounds.")
    var peer: String?

    @Flag(
        help: """
            Measure each round three times, in turn: by the rules that a tenant begins with, by 15 of which five are \
            expressions, and by 15 without an expression.
            """
    )
    var ruled = false

    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard (200...1_000_000).contains(users) else { throw ValidationError("--users is 200 to 1,000,000") }
        guard (1...30_000).contains(departments) else { throw ValidationError("--departments is 1 to 30,000") }
        guard rounds > 0 else { throw ValidationError("--rounds is 1 or more") }
    }

    func run() async throws {
        let measured = ruled ? SyncRules.allCases : [.beginning]
        var figures: [SyncRules: [SyncFigures]] = [:]
        for number in 1...rounds {
            // Who comes first changes from round to round.
            for place in measured.indices {
                let rules = measured[(place + number - 1) % measured.count]
                figures[rules, default: []].append(try await round(number, by: rules).run())
            }
        }
        let summary = SyncSummary(users: users, departments: departments, figures)
        suite.show(summary.table, summary.json)
    }

    private func round(_ number: Int, by rules: SyncRules) -> SyncRound {
        SyncRound(
            number: number,
            users: users,
            departments: departments,
            peer: rules == .beginning ? peer.map { Peer(program: $0) } : nil,
            rules: rules,
            variables: suite.variables
        )
    }
}
