import ArgumentParser

/// `bridge-bench`: how fast the suite is, beside what it could be.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bridge-bench",
        abstract: "Measures the suite on this machine, beside a limit or a peer in the same run.",
        subcommands: [
            Sync.self, Tenants.self, Troubles.self, Scale.self, Pages.self, Stages.self, Micro.self,
            LogonBenchmark.self,
            RevokeBenchmark.self, StrangersBenchmark.self, DeadBenchmark.self,
        ]
    )
}
