import ArgumentParser
import DeadLetterTesting
import SuiteTesting

/// `bridge-bench dead`: what a reader does with records that it can never handle, beside good ones.
struct DeadBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract:
            "Poisons a reader's topic in twelve ways, finds everything by bridgectl, and redrives it after mending.",
        discussion: """
            A stage as every service has it reads the topic and writes what it takes into PostgreSQL: first good records alone, \
            then as many beside the poisoned ones. It fails unless bridgectl counts each kind by the right reason, every \
            poisoned record is taken once the reader is mended, and the good ones were not much slower for the others. Needs \
            what compose/local bench gives.
            """
    )

    @Option(help: "Poisoned records of all twelve kinds together.") var poisoned = 10_000
    @Option(help: "Good records, alone and beside them.") var good = 500_000
    @Option(help: "The least share of their usual pace that good ones have to keep.") var leastShare = 0.8
    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard poisoned >= PoisonKind.allCases.count, good > 0 else {
            throw ValidationError("--poisoned is 12 at least, and --good more than 0")
        }
        guard (0...1).contains(leastShare) else { throw ValidationError("--least-share is 0 to 1") }
    }

    func run() async throws {
        let summary = try await withSuite("dead", partitions: 12, variables: suite.variables, starting: [.registry]) {
            try await DeadPlay.with($0) { try await $0.play(poisoned: poisoned, good: good) }
        }
        suite.show(summary.table, summary.json)
        guard summary.share >= leastShare else {
            throw BenchmarkFailure("good records kept \(summary.share) of their usual pace, and not \(leastShare)")
        }
    }
}
