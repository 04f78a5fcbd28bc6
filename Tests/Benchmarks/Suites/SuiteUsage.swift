import Foundation
import SuiteTesting

/// What each process of a suite has used of the machine, the broker and PostgreSQL among them.
struct SuiteUsage: Sendable {
    /// Those whose share of a synchronization is told, in this order.
    static let participants = [
        "fetcher", "mapper", "writer", "postgres", "broker", "registry", "verifier", "simulator",
    ]

    private static let services: [(name: String, service: Suite.Service)] = [
        ("fetcher", .fetcher), ("mapper", .mapper), ("writer", .writer), ("registry", .registry),
        ("verifier", .verifier),
    ]

    private let usage: [String: ProcessUsage]

    /// What they have used so far. Of a broker or a PostgreSQL that somebody else runs nothing is known.
    static func now(_ suite: Suite) -> SuiteUsage {
        var usage: [String: ProcessUsage] = [:]
        for (name, service) in services { usage[name] = suite[service].id.flatMap { ProcessUsage.of($0) } }
        usage["simulator"] = suite.simulatorProcess.id.flatMap { ProcessUsage.of($0) }
        usage["postgres"] = server("BENCH_POSTGRES_PID").flatMap { ProcessUsage.ofTree($0) }
        usage["broker"] = server("BENCH_BROKER_PID").flatMap { ProcessUsage.ofTree($0) }
        return SuiteUsage(usage: usage)
    }

    /// Lets the services' peaks begin anew.
    static func forgetPeaks(_ suite: Suite) {
        for (_, service) in services { if let id = suite[service].id { ProcessUsage.forgetPeak(of: id) } }
    }

    /// Seconds on a processor since `earlier`, by participant.
    func processorSeconds(since earlier: SuiteUsage) -> [String: Double] {
        var seconds: [String: Double] = [:]
        for (name, before) in earlier.usage {
            seconds[name] = usage[name].map { $0.processorSeconds - before.processorSeconds }
        }
        return seconds
    }

    /// The services' peaks in megabytes, by name.
    var peaks: [String: Double] {
        let names = Self.services.map(\.name)
        return usage.filter { names.contains($0.key) }.mapValues(\.peakMegabytes)
    }

    /// The names of ``peaks``, in the order in which they are told.
    static var serviceNames: [String] { services.map(\.name) }

    private static func server(_ variable: String) -> Int32? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int32($0) }
    }
}
