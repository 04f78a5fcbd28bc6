import Egress
import Synchronization
import Testing
import WeCom

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct CallLedgerTests {
    private let call: BudgetedCall

    init() throws {
        call = BudgetedCall(corp: try CorpID("ww1e933be11645237c"), interface: "user/list")
    }

    @Test("calls are taken in chunks that double, so that few of them ask")
    func chunks() async throws {
        let asked = Asked()
        let ledger = CallLedger(limits: CallLimits(), address: "a") { wanted, _, _ in
            asked.note(wanted)
            return .granted(wanted, lasting: .seconds(3_600))
        }
        for _ in 0..<1_000 { try await ledger.spend(call) }
        #expect(asked.all == [8, 16, 32, 64, 128, 256, 256, 256])
    }

    @Test("many who call at once share what is granted, and no call is made twice of it")
    func together() async throws {
        let asked = Asked()
        let ledger = CallLedger(limits: CallLimits(), address: "a") { wanted, _, _ in
            await Task.yield()
            asked.note(wanted)
            return .granted(wanted, lasting: .seconds(3_600))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<56 { group.addTask { [call] in try await ledger.spend(call) } }
            try await group.waitForAll()
        }
        #expect(asked.all == [8, 16, 32])
    }

    @Test("what is granted ends with its minute")
    func expiry() async throws {
        let asked = Asked()
        let ledger = CallLedger(limits: CallLimits(), address: "a") { wanted, _, _ in
            asked.note(wanted)
            return .granted(wanted, lasting: asked.all.count == 1 ? .zero : .seconds(3_600))
        }
        try await ledger.spend(call)
        #expect(asked.all == [8, 8])
    }

    @Test("a spent minute is waited for, a spent hour is not, and is not asked for again")
    func spent() async throws {
        let asked = Asked()
        let minute = CallLedger(limits: CallLimits(), address: "a") { wanted, _, _ in
            asked.note(wanted)
            return asked.all.count == 1 ? .spent(for: .milliseconds(20)) : .granted(1, lasting: .seconds(60))
        }
        try await minute.spend(call)
        #expect(asked.all.count == 2)
        let hour = CallLedger(limits: CallLimits(), address: "a") { wanted, _, _ in
            asked.note(wanted)
            return .spent(for: .seconds(1_800))
        }
        for _ in 0..<3 {
            let error = await #expect(throws: WeComError.self) { try await hour.spend(call) }
            #expect(error?.reaction == .pause)
        }
        #expect(asked.all.count == 3)
    }

    private final class Asked: Sendable {
        private let sizes = Mutex<[Int]>([])

        var all: [Int] { sizes.withLock { $0 } }

        func note(_ size: Int) { sizes.withLock { $0.append(size) } }
    }
}
