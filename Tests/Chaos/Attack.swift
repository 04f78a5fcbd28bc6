import ArgumentParser
import Foundation
import SuiteTesting
import Synchronization

/// `bridge-chaos attack`: rounds of work under faults, each of which heals and is compared.
struct Attack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attack",
        abstract: "Has everything go wrong around a suite at work, by a seed, and says which promises it broke.",
        discussion: "Needs what compose/local chaos gives: a broker, a database and the services' programs."
    )

    @Option(help: "What is done is drawn from this number; the same for the same number. By default another each time.")
    var seed: UInt64?

    @Option(help: "No round begins later than this.")
    var minutes = 10.0

    @Option(help: "How many tenants there are, 2 to 500.")
    var tenants = 12

    @Option(help: "How many copies there are of each service, 1 to 4.")
    var copies = 2

    @Option(help: ArgumentHelp("Faults of these kinds alone, separated by commas.", valueName: "kind,…"))
    var only: String?

    @Option(help: "Play the rounds up to this one, however long that takes.")
    var until: Int?

    @Option(
        help: ArgumentHelp("Play the rounds in this file instead, as they were told of a failure.", valueName: "file")
    )
    var rounds: String?

    @Flag(help: "Play the rounds that are kept as tests instead.")
    var kept = false

    @Option(help: "For how many minutes a round that failed is made smaller, by playing less of it.")
    var shrink = 10.0

    @Flag(help: "End as soon as a promise is broken, and make no round smaller.")
    var untilFound = false

    @Flag(help: "Print the result as one line of JSON only, without what happens before it.")
    var json = false

    func validate() throws {
        guard SuiteGround.isAvailable else { throw ValidationError("run it by ./compose/local chaos") }
        guard minutes > 0, minutes <= 1_440 else { throw ValidationError("--minutes is up to 1,440") }
        guard (2...500).contains(tenants) else { throw ValidationError("--tenants is 2 to 500") }
        guard (1...4).contains(copies) else { throw ValidationError("--copies is 1 to 4") }
        guard shrink >= 0 else { throw ValidationError("--shrink is 0 or more") }
        _ = try kinds
    }

    /// Those that are asked for.
    private var kinds: [FaultKind] {
        get throws {
            guard let only else { return FaultKind.allCases }
            return try only.split(separator: ",").map { name in
                guard let kind = FaultKind(rawValue: String(name)) else {
                    let known = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--only is of \(known), and '\(name)' is none of them")
                }
                return kind
            }
        }
    }

    func run() async throws {
        Voice.isQuiet.store(json, ordering: .relaxed)
        let seed = seed ?? UInt64.random(in: 1...999_999_999)
        let longest = Int(minutes * 60_000 / 4)
        let plan = Plan(seed: seed, tenants: tenants, copies: copies, kinds: try kinds, longest: longest)
        say("seed \(seed), \(tenants) tenants, \(copies) copies of each service")
        let campaign = Campaign(seed: seed, rounds: try source(of: plan), endsWhenFound: untilFound)
        let result = try await campaign.fight()
        if let failed = result.failed, shrink > 0, !untilFound {
            try await Shrinking(seed: seed, minutes: shrink).shrink(failed)
        }
        print(result.figures.json)
        guard result.figures.isGood else { throw ExitCode.failure }
    }

    private func source(of plan: Plan) throws -> Campaign.Rounds {
        if kept { return .list(try KeptRounds.all) }
        if let rounds { return .list(try KeptRounds.read(URL(fileURLWithPath: rounds))) }
        if let until { return .list((1...max(1, until)).map(plan.round)) }
        return .plan(plan, for: .seconds(minutes * 60))
    }
}
