import ArgumentParser
import Foundation
import Postgres
import SuiteTesting
import Synchronization

/// `bridge-chaos soak`: whether a suite at work takes up the same after a while.
struct Soak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Has a suite work undisturbed, and compares what it takes up at the start and at the end.",
        discussion: "Needs what compose/local soak gives: a broker, a database and the services' programs."
    )

    private static let interval = Duration.seconds(2)
    /// Of the time, until caches are filled; and each of the two parts that are compared.
    private static let part = 0.2

    @Option(help: "For how long.")
    var minutes = 30.0

    @Option(help: "How many tenants there are, 2 to 500.")
    var tenants = 12

    @Option(help: "How many copies there are of each service, 1 to 4.")
    var copies = 2

    @Option(help: "What is done is drawn from this number.")
    var seed: UInt64 = 1

    @Flag(help: "Print the result as one line of JSON only.")
    var json = false

    func validate() throws {
        guard SuiteGround.isAvailable else { throw ValidationError("run it by ./compose/local soak") }
        guard minutes >= 0.5, minutes <= 10_080 else { throw ValidationError("--minutes is 0.5 to 10,080") }
        guard (2...500).contains(tenants) else { throw ValidationError("--tenants is 2 to 500") }
        guard (1...4).contains(copies) else { throw ValidationError("--copies is 1 to 4") }
    }

    func run() async throws {
        Voice.isQuiet.store(json, ordering: .relaxed)
        let (samples, runs, breaches) = try await withSuite("soak", partitions: 4, starting: []) { suite in
            let field = try await Field.make(in: suite, tenants: tenants, copies: copies, seed: seed)
            let result = await asyncResult { try await soak(field) }
            await field.close()
            let (samples, runs) = try result.get()
            return (samples, runs, field.breaches)
        }
        let count = max(1, Int(Double(samples.count) * Self.part))
        let growth = Growth(
            start: Array(samples.dropFirst(count).prefix(count)).typical,
            end: Array(samples.suffix(count)).typical,
            runs: runs
        )
        for found in growth.found { say(found) }
        print(growth.json(minutes: minutes))
        guard growth.found.isEmpty, runs > 0, breaches.breaches(of: 0).isEmpty else { throw ExitCode.failure }
    }

    /// - Returns: What it took up, and how many runs ended.
    private func soak(_ field: Field) async throws -> ([Sample], Int) {
        let logons = Counter()
        await Healing(field: field, logons: logons, inspection: nil).heal(tenants)
        let round = Round(number: 1, seed: seed, tenants: tenants, copies: copies, work: 0, faults: [])
        let work = Task { await Work(field: field, logons: logons).go(on: round, at: nil) }
        let folder = ProcessInfo.processInfo.environment["CHAOS_BROKER_FOLDER"]
        let before = try await runs(in: field)
        var samples: [Sample] = []
        let deadline = ContinuousClock.now + .seconds(minutes * 60)
        while ContinuousClock.now < deadline {
            samples.append(try await .take(of: field, brokerFolder: folder))
            try await Task.sleep(for: Self.interval)
        }
        work.cancel()
        await work.value
        let runs = try await runs(in: field) - before
        await Healing(field: field, logons: logons, inspection: nil).heal(tenants)
        return (samples, runs)
    }

    private func runs(in field: Field) async throws -> Int {
        try await field.suite.count("select count(*) from registry.runs where state = 'finished'")
    }
}
