import Foundation
import Postgres
import SuiteTesting
import Testing

/// Random replays, resets and rebuilds beside runs: in the end the directory is what WeCom shows, and meanwhile nobody
/// sees an older state after a newer one (architecture.md §4, invariants 1 to 3).
///
/// `REPLAYS` says how many, `REPLAY_SEED` from which seed they are drawn.
@Suite(
    .serialized,
    .timeLimit(.minutes(60)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct RandomReplayTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["REPLAYS"].flatMap { Int($0) } ?? Proof.size(200, small: 12)
    private static let seed = environment["REPLAY_SEED"].flatMap { UInt64($0) } ?? 20_261
    private static let tenants = 3

    @Test("replays, resets and rebuilds while runs go on end with what WeCom shows, and no older state is ever seen")
    func replays() async throws {
        print("\(Self.count) replays, resets and rebuilds from seed \(Self.seed)")
        let deeds = ReplayDeed.drawn(Self.count, tenants: Self.tenants, seed: Self.seed)
        try await withSuite("random_replays", partitions: 2) { suite in
            let tenants = try await connectedTenants(in: suite)
            let play = ReplayPlay(suite: suite, tenants: tenants, deeds: deeds, seed: Self.seed)
            let watch = ReplayWatch(suite)
            let watching = Task { await watch.work() }
            let played = await asyncResult {
                try await play.play()
                for connected in tenants { try await expectHealed(connected, in: suite) }
            }
            watching.cancel()
            await watching.value
            let (older, looks, rows) = (await watch.older, await watch.looks, await watch.rows)
            #expect(older == [], "\(deeds)")
            try played.get()
            print("\(looks) looks at \(rows) rows beside \(play.tally.succeeded) runs that succeeded")
            #expect(play.tally.told > 0, "\(play.tally.refused) replays were refused")
            #expect(looks > 20 && rows > 20)
            try await expectSeen(by: watch, in: suite)
            await watch.close()
        }
    }

    private func connectedTenants(in suite: Suite) async throws -> [ConnectedTenant] {
        var tenants: [ConnectedTenant] = []
        for number in 0..<Self.tenants {
            let connected = try await suite.connect("random\(number)", users: 60, departments: 6, seed: number + 1)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            tenants.append(connected)
        }
        return tenants
    }

    private func expectHealed(_ connected: ConnectedTenant, in suite: Suite) async throws {
        _ = try await suite.synchronize(connected)
        let last = try await suite.synchronize(connected)
        #expect(last.outcome == "succeeded", "\(last.reasons)")
        #expect(try await suite.differences(of: connected).map(\.description) == [])
        try await suite.waitForPrincipals(of: connected)
    }

    /// The watch would have seen an older state.
    private func expectSeen(by watch: ReplayWatch, in suite: Suite) async throws {
        try await watch.look()
        let before = await watch.older.count
        _ = try await suite.query("update directory.sources set epoch = epoch - 1")
        _ = try await suite.query("update verifier.principals set name = 'watched v0' where name ~ '^watched v'")
        try await watch.look()
        let seen = await watch.older.count - before
        #expect(seen == Self.tenants * (1 + ReplayPlay.watched.count))
    }
}
