import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(1)))
struct BellTests {
    @Test("a ring that nobody waited for is heard by whoever comes next")
    func earlyRing() async throws {
        let bell = Bell()
        bell.ring()
        try await bell.wait(atMost: .seconds(3_600))
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
        for task in tasks { try await task.value }
        ringing.cancel()
    }

    @Test("nobody waits longer than asked for")
    func limit() async throws {
        try await Bell().wait(atMost: .milliseconds(1))
    }

    @Test("who waits can be cancelled")
    func cancellation() async throws {
        let bell = Bell()
        let task = Task { try await bell.wait(atMost: .seconds(3_600)) }
        task.cancel()
        _ = await task.result
    }
}
