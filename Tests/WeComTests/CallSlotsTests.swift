import Logging
import Testing

@testable import WeCom

@Suite("Calls of all enterprises", .timeLimit(.minutes(5)))
struct CallSlotsTests {
    private let giant: CorpID
    private let small: CorpID

    init() throws {
        giant = try CorpID("ww1e933be11645237c")
        small = try CorpID("wwauth473217aac953cfae000007")
    }

    @Test("one with many calls keeps another waiting for one of its own at most")
    func turns() async throws {
        let slots = CallSlots(limit: 1)
        try await slots.enter(giant)
        let order = Noted<CorpID>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for position in 0..<6 {
                let corp = position < 5 ? giant : small
                group.addTask {
                    try await slots.enter(corp)
                    order.note(corp)
                    slots.leave()
                }
                while slots.waiting < position + 1 { await Task.yield() }
            }
            slots.leave()
            try await group.waitForAll()
        }
        #expect(order.all == [giant, small, giant, giant, giant, giant])
        #expect(slots.used == 0)
    }

    @Test("so many are in flight at once and no more")
    func limit() async throws {
        let slots = CallSlots(limit: 3)
        let counts = Noted<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for position in 0..<60 {
                group.addTask { [giant, small] in
                    try await slots.enter(position % 2 == 0 ? giant : small)
                    counts.note(slots.used)
                    for _ in 0..<5 { await Task.yield() }
                    slots.leave()
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.all.count == 60)
        #expect(counts.all.max() == 3)
        #expect(slots.used == 0)
        #expect(slots.waiting == 0)
    }

    @Test("a call that is not answered keeps no place from others, and gives its own back once")
    func hanging() async throws {
        let slots = CallSlots(limit: 1)
        let callers = [giant, small].map {
            Caller(settings: SessionSettings(), slots: (slots, $0), time: .continuous, logger: Logger(label: "test"))
        }
        let (answer, answering) = AsyncStream<Never>.makeStream()
        async let hung: Void = callers[0].inSlot { for await _ in answer {} }
        while slots.used == 0 { await Task.yield() }
        #expect(try await callers[1].inSlot { 7 } == 7)
        answering.finish()
        try await hung
        #expect(slots.used == 0)
    }

    @Test("whoever is cancelled while waiting takes no place, and keeps nobody from one")
    func cancelled() async throws {
        let slots = CallSlots(limit: 1)
        try await slots.enter(giant)
        let waiting = Task { [small] in try await slots.enter(small) }
        while slots.waiting < 1 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        let next = Task { [small] in try await slots.enter(small) }
        while slots.waiting < 1 { await Task.yield() }
        slots.leave()
        try await next.value
        #expect(slots.used == 1)
    }

    @Test("who was let go and has not heard of it yet is not taken for whoever waits next")
    func notMistaken() async throws {
        let slots = CallSlots(limit: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask { [giant] in
                    for _ in 0..<2_000 {
                        try await slots.enter(giant)
                        slots.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(slots.used == 0)
        #expect(slots.waiting == 0)
    }

    @Test("a session that waits for the frequency limit holds no place")
    func pausing() async throws {
        try await withScriptedWeCom { bench in
            let slots = CallSlots(limit: 1)
            await bench.wecom.script(
                "user/list",
                .json(#"{"errcode":45009,"errmsg":"freq out of limit"}"#),
                .json(#"{"errcode":0,"userlist":[]}"#)
            )
            let used = Noted<Int>()
            let time = TimeKeeper(
                now: bench.time.keeper.now,
                sleep: { duration in
                    let count = slots.used
                    used.note(count)
                    try await bench.time.keeper.sleep(duration)
                }
            )
            _ = try await bench.session(slots: slots, time: time).userList(department: 1)
            #expect(used.all == [0])
            #expect(slots.used == 0)
        }
    }
}
