import KafkaTesting
import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)))
struct TenantTurnsTests {
    private let own = DirectoryReaders.Access.tenant(.make())
    private let other = DirectoryReaders.Access.tenant(.make())

    @Test("a tenant's questions are let in one after the other, and nobody else's wait for them")
    func order() async throws {
        let turns = TenantTurns()
        #expect(await turns.enter(own))
        #expect(await turns.enter(other))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { await turns.enter(own) }
            try await eventually("one that waits") { turns.waiting(own) == 1 }
            turns.leave(other)
            #expect(await turns.enter(other))
            turns.leave(own)
            let isIn = try await group.next()
            #expect(isIn == true)
        }
        turns.leave(own)
        #expect(await turns.enter(own))
    }

    @Test("as many wait as may, and whoever gives up waiting leaves the line")
    func line() async throws {
        let turns = TenantTurns()
        #expect(await turns.enter(own))
        await withTaskGroup(of: Bool.self) { group in
            // One more than may wait: the one that comes last is turned away.
            for _ in 0...TenantTurns.longestLine { group.addTask { await turns.enter(own) } }
            let first = await group.next()
            #expect(first == false)
            group.cancelAll()
            for await isIn in group { #expect(!isIn) }
        }
        turns.leave(own)
        #expect(await turns.enter(own))
    }
}
