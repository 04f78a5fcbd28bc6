import Foundation
import Postgres
import SuiteTesting
import Testing

/// Random histories of tenants, with faults in WeCom's answers, changes while it is read, and services that are killed
/// and stand still: nobody is removed whom WeCom has, and after two healthy runs the directory is what WeCom shows
/// (architecture.md §4, invariants 4 and 5).
///
/// `HISTORIES` says how many, `HISTORY_SEED` with which seed they begin; `./compose/local histories` sets both.
@Suite(
    .serialized,
    .timeLimit(.minutes(60)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct HistoryTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["HISTORIES"].flatMap { Int($0) } ?? 12
    private static let seed = environment["HISTORY_SEED"].flatMap { UInt64($0) } ?? 20_261
    /// Histories that are played at once.
    private static let atOnce = 12
    private static let variables = ["WECOM_RATE_LIMIT_PAUSE_SECONDS": "1", "WECOM_RETRY_SECONDS": "0.02"]

    /// A history that went wrong.
    private struct Failure: Sendable {
        let history: History
        let complaints: [String]
    }

    @Test("whatever happens to tenants and services, nobody is removed whom WeCom has, and two healthy runs heal")
    func histories() async throws {
        print("\(Self.count) histories from seed \(Self.seed)")
        try await withJudgedSuite("histories", partitions: 4, variables: Self.variables) { suite in
            let adversary = Task { try await Adversary(suite: suite, seed: Self.seed).work() }
            let failures = try await play(in: suite)
            adversary.cancel()
            print("\(try await adversary.value) times a service was killed, stopped or held")
            for victim in Adversary.victims { try await suite.waitUntilReady(victim) }
            for failure in failures {
                let small = try await shrink(failure, in: suite)
                Issue.record("\(small.history)\n\(small.complaints.prefix(5).joined(separator: "\n"))")
            }
            try await replay(in: suite)
        }
    }

    private func play(in suite: Suite) async throws -> [Failure] {
        try await withThrowingTaskGroup(of: Failure?.self) { group in
            var failures: [Failure] = []
            for number in 0..<Self.count {
                if number >= Self.atOnce, let failure = try await group.next() ?? nil { failures.append(failure) }
                group.addTask {
                    try await failure(of: History(seed: Self.seed &+ UInt64(number)), "h\(number)", in: suite)
                }
            }
            for try await failure in group { if let failure { failures.append(failure) } }
            return failures
        }
    }

    /// - Parameter plays: How often it is played where a request is cut off: the registry is killed, too, and that says
    ///   nothing of the history. Whatever is answered, or does not happen in time, counts at once.
    private func failure(
        of history: History,
        _ name: String,
        in suite: Suite,
        plays: Int = 3
    ) async throws -> Failure? {
        do {
            let complaints = try await HistoryPlay(suite: suite, history: history, name: name).complaints()
            return complaints.isEmpty ? nil : Failure(history: history, complaints: complaints)
        } catch
            where plays > 1 && !(error is TimedOut || error is SuiteFailure || error is TestClient.UnexpectedAnswer)
        {
            return try await failure(of: history, "\(name)r\(plays)", in: suite, plays: plays - 1)
        } catch {
            return Failure(history: history, complaints: ["\(error)"])
        }
    }

    /// Leaves out what the failure does not need, with nobody who kills services: what still fails then is told.
    private func shrink(_ failure: Failure, in suite: Suite) async throws -> Failure {
        var (smallest, tries) = (failure, 0)
        var candidates = smallest.history.smaller[...]
        let deadline = ContinuousClock.now + .seconds(120)
        while tries < 24, ContinuousClock.now < deadline, let candidate = candidates.popFirst() {
            tries += 1
            let name = "s\(failure.history.seed)_\(tries)"
            guard let again = try await self.failure(of: candidate, name, in: suite) else { continue }
            smallest = again
            candidates = again.history.smaller[...]
        }
        return smallest
    }

    /// All that happened is read once more from its beginning, and changes nothing.
    private func replay(in suite: Suite) async throws {
        try await suite.waitUntilAllIsRead()
        let before = try await directory(of: suite)
        let readers: [Suite.Service] = [.registry, .fetcher, .mapper, .writer, .verifier]
        for service in readers { suite[service].stop() }
        try await suite.resetGroups()
        _ = try await suite.query("delete from directory.partition_offsets")
        for service in readers { try suite[service].start() }
        for service in readers { try await suite.waitUntilReady(service) }
        try await suite.waitUntilAllIsRead()
        #expect(try await directory(of: suite) == before)
    }

    private func directory(of suite: Suite) async throws -> [String] {
        var rows: [String] = []
        for table in ["users", "departments", "memberships", "missing"] {
            rows += try await suite.query(
                "select row_to_json(t)::text as line from directory.\(identifier: table) t order by line"
            ).map { try $0.decode(String.self) }
        }
        return rows
    }
}
