import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct BellTests {
    @Test("a ring that nobody waited for is heard by whoever comes next")
    func earlyRing() async throws {
        let bell = Bell()
        bell.ring()
        let waited = try await ContinuousClock().measure { try await bell.wait(atMost: .seconds(3_600)) }
        #expect(waited < .seconds(30))
    }

    @Test("all who wait hear a ring")
    func everybody() async throws {
        let bell = Bell()
        let tasks = (0..<5).map { _ in Task { try await bell.wait(atMost: .seconds(3_600)) } }
        let ringing = Task {
            while !Task.isCancelled {
                bell.ring()
                await Task.yield()
            }
        }
        let waited = try await ContinuousClock().measure { for task in tasks { try await task.value } }
        ringing.cancel()
        #expect(waited < .seconds(30))
    }

    @Test("nobody waits longer than asked for")
    func limit() async throws {
        let waited = try await ContinuousClock().measure { try await Bell().wait(atMost: .milliseconds(1)) }
        #expect(waited >= .milliseconds(1) && waited < .seconds(30))
    }

    @Test("who waits can be cancelled")
    func cancellation() async throws {
        let bell = Bell()
        let task = Task { try await bell.wait(atMost: .seconds(3_600)) }
        task.cancel()
        let waited = await ContinuousClock().measure { _ = await task.result }
        #expect(waited < .seconds(30))
    }
}
