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

    @Flag(help: "Measure each round twice, in turn: by the rules that a tenant begins with, and by 15 of them.")
    var ruled = false

    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard (200...1_000_000).contains(users) else { throw ValidationError("--users is 200 to 1,000,000") }
        guard (1...30_000).contains(departments) else { throw ValidationError("--departments is 1 to 30,000") }
        guard rounds > 0 else { throw ValidationError("--rounds is 1 or more") }
    }

    func run() async throws {
        var (figures, ruledFigures) = ([SyncFigures](), [SyncFigures]())
        for number in 1...rounds {
            if ruled, number.isMultiple(of: 2) { ruledFigures.append(try await round(number, isRuled: true).run()) }
            figures.append(try await round(number, isRuled: false).run())
            if ruled, !number.isMultiple(of: 2) { ruledFigures.append(try await round(number, isRuled: true).run()) }
        }
        let summary = SyncSummary(users: users, departments: departments, rounds: figures, ruled: ruledFigures)
        suite.show(summary.table, summary.json)
    }

    private func round(_ number: Int, isRuled: Bool) -> SyncRound {
        SyncRound(
            number: number,
            users: users,
            departments: departments,
            peer: isRuled ? nil : peer.map { Peer(program: $0) },
            rules: isRuled ? SyncRules.fifteen : Optional<JSON>.none,
            variables: suite.variables
        )
    }
}
