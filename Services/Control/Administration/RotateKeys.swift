import ArgumentParser
import FoundationEssentials
import Runtime

/// `bridgectl keys rotate`
struct RotateKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Has everything that rests sealed be sealed by another key, while all services run.",
        discussion: """
            Before: add the new key to SEALING_KEYS of registry, fetcher, verifier and console behind the one in use and \
            restart them, copy by copy; then put it first and restart them again. Asked are the registry (REGISTRY_URL, \
            REGISTRY_API_KEY of an owner), whose audit has it, and the verifier (VERIFIER_URL, and as VERIFIER_API_KEY its \
            OPERATOR_API_KEY). Without --to it tells how everything stands. Broken off it goes on all the same, and the same \
            command watches it again. Ends with 1 where a secret does not open and stays sealed by another key.
            """
    )

    @Option(help: "The id of the key that everything is to be sealed by.") var to: String?
    @Flag(help: "Only tell what would be sealed anew.") var dryRun = false
    @Flag(help: "As JSON, for programs.") var json = false
    @Option(help: "Wait for at most so many seconds until it is done; 0: do not wait.") var wait = 600

    func validate() throws {
        if dryRun, to == nil { throw ValidationError("--dry-run is about a key: give --to.") }
    }

    func run() async throws {
        let reports = try await reports(.process) { if !json { print($0) } }
        if json {
            print(try JSON.object(reports.reduce(into: [:]) { $0[$1.service] = $1.answer }).text)
        }
        if let to, !dryRun, wait > 0 {
            let isWhole = try reports.allSatisfy { try SealingReport($0.answer).remaining(besides: to) == 0 }
            guard isWhole else { throw ExitCode.failure }
        }
    }

    /// What a service answered last.
    struct Report {
        let service: String
        let answer: JSON
    }

    /// Does it, and returns how everything stands.
    ///
    /// - Parameter say: Is given each line that people read.
    func reports(_ environment: Environment, say: (String) -> Void = { _ in }) async throws -> [Report] {
        let services = [
            try AdminAPI("registry", "REGISTRY", environment, url: nil, key: nil),
            try AdminAPI("verifier", "VERIFIER", environment, url: nil, key: nil),
        ]
        if let to, !dryRun {
            for service in services {
                _ = try await service.post("/api/v1/sealing/rotation", .object(["keyID": .string(to)]))
            }
        }
        let end = ContinuousClock.now + .seconds(to == nil || dryRun ? 0 : wait)
        var reports: [Report] = []
        for service in services {
            var answer = try await service.get("/api/v1/sealing")
            while let to, ContinuousClock.now < end, try !SealingReport(answer).isDone(to) {
                try await Task.sleep(for: .seconds(1))
                answer = try await service.get("/api/v1/sealing")
            }
            let report = try SealingReport(answer)
            for line in report.lines(of: service.service) { say(line) }
            if let to, dryRun { say("  would be sealed anew by \(to): \(report.remaining(besides: to))") }
            reports.append(Report(service: service.service, answer: answer))
        }
        return reports
    }
}
