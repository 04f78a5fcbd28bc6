import ArgumentParser
import Mapping
import Messages

/// `bench micro`: single pieces of code, each beside what one would use instead and beside copying the same bytes.
struct Micro: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "micro",
        abstract: "Measures JSON, mapping, hashing and COPY encoding, without a broker or a database."
    )

    @Option(help: "People on the page that is read, mapped and written.")
    var users = 200

    @Option(help: "Seconds that a round of one contender lasts; the best of five rounds counts.")
    var seconds = 0.5

    @Flag(help: "Print the line of JSON alone.")
    var json = false

    func validate() throws {
        guard users > 0, seconds > 0 else { throw ValidationError("--users and --seconds have to be more than 0") }
    }

    func run() throws {
        let stopwatch = Stopwatch(round: .seconds(seconds))
        var report = MicroReport()
        for contest in try contests() {
            let timings = try stopwatch.time(contest)
            report.add(contest, timings)
        }
        if !json { print(report.table) }
        print(report.json)
    }

    private func contests() throws -> [Contest] {
        let page = SampleUsers.page(of: users)
        let batch = try PageMapping.map(users: page.encode(), by: CompiledMapping(MappingRule.defaults))
        let json = JSONContests(page: page, batch: batch)
        return [
            try json.reading(), try json.writing(), try json.decoding(), try MappingContests(page: page).mapping(),
            try ExpressionContests(page: page).expressions(),
        ] + HashingContests.sizes.map(HashingContests.hashing) + [CopyContests(batch.users).encoding()]
    }
}
