import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct CreditTests {
    @Test("there is room for a window behind what was applied")
    func room() async throws {
        let credit = Credit(window: Window(most: 4, delay: .seconds(1)), patience: .seconds(10))
        #expect(try await credit.room(after: 0) == 4)
        #expect(try await credit.room(after: 3) == 1)
        credit.applied(3)
        #expect(try await credit.room(after: 4) == 3)
        credit.applied(2)
        #expect(try await credit.room(after: 6) == 1)
    }

    @Test("who has no room waits for the next report")
    func waiting() async throws {
        let credit = Credit(window: Window(most: 2, delay: .seconds(1)), patience: .seconds(30))
        async let room = credit.room(after: 2)
        credit.applied(1)
        #expect(try await room == 1)
    }

    @Test("the end of the run ends the wait")
    func end() async throws {
        let credit = Credit(window: Window(most: 2, delay: .seconds(1)), patience: .seconds(30))
        let room = Task { try await credit.room(after: 2) }
        credit.end()
        await #expect(throws: Credit.RunIsOver.self) { try await room.value }
    }

    @Test("patience has an end")
    func patience() async throws {
        let credit = Credit(window: Window(most: 2, delay: .seconds(1)), patience: .zero)
        await #expect(throws: Credit.NoWord.self) { try await credit.room(after: 2) }
    }

    @Test("who waits can be cancelled")
    func cancellation() async throws {
        let credit = Credit(window: Window(most: 1, delay: .seconds(1)), patience: .seconds(30))
        let task = Task { try await credit.room(after: 1) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
