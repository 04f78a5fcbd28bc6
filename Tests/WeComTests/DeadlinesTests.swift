import Testing

@testable import WeCom

@Suite("Deadlines", .timeLimit(.minutes(5)))
struct DeadlinesTests {
    private struct Late: Error {}

    @Test("what is called off does not happen, and all else does, in time")
    func happens() async throws {
        let deadlines = Deadlines()
        let happened = Noted<Int>()
        let (done, finished) = AsyncStream<Never>.makeStream()
        let off = deadlines.set(after: .milliseconds(10)) { happened.note(1) }
        _ = deadlines.set(after: .milliseconds(20)) { happened.note(2) }
        _ = deadlines.set(after: .milliseconds(300)) {
            happened.note(3)
            finished.finish()
        }
        deadlines.callOff(off)
        for await _ in done {}
        #expect(happened.all == [2, 3])
        while deadlines.count > 0 { await Task.yield() }
    }

    @Test("after a pause without any, the next one is watched again")
    func again() async throws {
        let deadlines = Deadlines()
        for _ in 0..<3 {
            let (done, finished) = AsyncStream<Never>.makeStream()
            _ = deadlines.set(after: .milliseconds(1)) { finished.finish() }
            for await _ in done {}
        }
    }

    @Test("work in time gives its result, and what it throws")
    func inTime() async throws {
        let deadlines = Deadlines()
        let result = try await deadlines.within(.seconds(30), else: Late()) { 7 }
        #expect(result == 7)
        await #expect(throws: CancellationError.self) {
            try await deadlines.within(.seconds(30), else: Late()) { throw CancellationError() }
        }
        #expect(deadlines.count == 0)
    }

    @Test("work that takes too long is cancelled, and told by its own error")
    func late() async throws {
        let deadlines = Deadlines()
        await #expect(throws: Late.self) {
            try await deadlines.within(.milliseconds(10), else: Late()) { try await Task.sleep(for: .seconds(600)) }
        }
        #expect(deadlines.count == 0)
    }

    @Test("who is cancelled hears of that, and not of a deadline")
    func cancelled() async throws {
        let deadlines = Deadlines()
        let task = Task {
            try await deadlines.within(.seconds(600), else: Late()) { try await Task.sleep(for: .seconds(600)) }
        }
        while deadlines.count == 0 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(deadlines.count == 0)
    }
}
