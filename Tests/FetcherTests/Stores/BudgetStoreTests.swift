import Egress
import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Synchronization
import Testing
import WeCom

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct BudgetStoreTests {
    private let call: BudgetedCall

    init() throws {
        call = BudgetedCall(corp: try CorpID("ww1e933be11645237c"), interface: "user/list")
    }

    @Test("calls are granted up to the least that is left, and none once a window is spent")
    func least() async throws {
        try await withStore { store, _ in
            let limits = Self.limits(corp: 50, address: 1_000)
            let counters = limits.counters(of: call, from: "a")
            guard case .granted(40, let lasting) = try await store.take(40, of: "user/list", counters) else {
                Issue.record("40 calls are granted")
                return
            }
            #expect(lasting <= .seconds(60))
            // A minute may end meanwhile; an hour is the same size here, and tells.
            let rest = try await store.take(40, of: "user/list", counters)
            #expect(Self.granted(rest) == 10)
            guard case .spent(let wait) = try await store.take(1, of: "user/list", counters) else {
                Issue.record("nothing is left")
                return
            }
            #expect(wait > .zero && wait <= .seconds(3_600))
            let other = try await store.take(5, of: "user/get", counters)
            #expect(Self.granted(other) == 5)
        }
    }

    @Test("three instances together never exceed an enterprise's limit, nor their address's")
    func shared() async throws {
        try await withStore { store, database in
            let limits = Self.limits(corp: 300, address: 500)
            let corps = try ["ww1e933be11645237c", "ww1e933be11645237d", "ww1e933be11645237e"].map(CorpID.init)
            let made = Made()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    let ledger = CallLedger(limits: limits, address: "a") { try await store.take($0, of: $1, $2) }
                    for corp in corps {
                        for _ in 0..<4 {
                            group.addTask {
                                let call = BudgetedCall(corp: corp, interface: "user/list")
                                while (try? await ledger.spend(call)) != nil { made.note(corp) }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counts = made.all
            #expect(counts.values.allSatisfy { $0 <= 300 })
            let total = counts.values.reduce(0, +)
            // What is taken and not made is lost where a minute ends meanwhile.
            #expect(total > 0 && total <= 500)
            let used = try await database.run(
                """
                select max(used) filter (where subject like 'corp/%'), max(used) filter (where subject like 'address/%')
                from fetcher.call_budgets
                """
            )
            let (corp, address) = try used[0].decode(Int.self, Int.self)
            #expect(corp <= 300)
            #expect(address == 500)
        }
    }

    @Test("asking for those whom runs missed leaves half of an enterprise's calls to others")
    func findings() async throws {
        try await withStore { store, _ in
            let limits = Self.limits(corp: 100, address: 1_000)
            let finding = BudgetedCall(corp: call.corp, interface: "user/get", isFinding: true)
            let reading = BudgetedCall(corp: call.corp, interface: "user/get")
            var granted: [Int?] = []
            for call in [finding, finding, reading] {
                let answer = try await store.take(90, of: "user/get", limits.counters(of: call, from: "a"))
                granted.append(Self.granted(answer))
            }
            #expect(granted == [50, nil, 50])
        }
    }

    /// The same for minute and hour, so that no minute's end gives calls back.
    private static func limits(corp: Int, address: Int) -> CallLimits {
        var limits = CallLimits()
        limits.corp = CallLimits.Rate(minute: corp, hour: corp)
        limits.address = CallLimits.Rate(minute: address, hour: address)
        return limits
    }

    private static func granted(_ answer: BudgetStore.Answer) -> Int? {
        if case .granted(let calls, _) = answer { calls } else { nil }
    }

    private func withStore(_ body: @Sendable (BudgetStore, Database) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: FetcherSchema.name, migrations: FetcherSchema.migrations).run(on: database)
            try await body(BudgetStore(database: database, schema: FetcherSchema.name), database)
        }
    }

    private final class Made: Sendable {
        private let counts = Mutex<[CorpID: Int]>([:])

        var all: [CorpID: Int] { counts.withLock { $0 } }

        func note(_ corp: CorpID) { counts.withLock { $0[corp, default: 0] += 1 } }
    }
}
