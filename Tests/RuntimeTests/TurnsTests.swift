import KafkaTesting
import Runtime
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TurnsTests {
    @Test("a key's requests are let in one after the other, and no other key's wait for them")
    func order() async throws {
        let turns = Turns<String>(atOnce: 1, longestLine: 8)
        #expect(await turns.enter("own"))
        #expect(await turns.enter("other"))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { await turns.enter("own") }
            try await eventually("one that waits") { turns.waiting("own") == 1 }
            turns.leave("other")
            #expect(await turns.enter("other"))
            turns.leave("own")
            let isIn = try await group.next()
            #expect(isIn == true)
        }
        turns.leave("own")
        #expect(await turns.enter("own"))
    }

    @Test("as many are in at a time as may be")
    func several() async throws {
        let turns = Turns<String>(atOnce: 3, longestLine: 0)
        for _ in 0..<3 { #expect(await turns.enter("own")) }
        #expect(await !turns.enter("own"))
        turns.leave("own")
        #expect(await turns.enter("own"))
        for _ in 0..<3 { turns.leave("own") }
        for _ in 0..<3 { #expect(await turns.enter("own")) }
    }

    @Test("as many wait as may, and whoever gives up waiting leaves the line")
    func line() async throws {
        let turns = Turns<String>(atOnce: 1, longestLine: 8)
        #expect(await turns.enter("own"))
        await withTaskGroup(of: Bool.self) { group in
            // One more than may wait: the one that comes last is turned away.
            for _ in 0...8 { group.addTask { await turns.enter("own") } }
            let first = await group.next()
            #expect(first == false)
            group.cancelAll()
            for await isIn in group { #expect(!isIn) }
        }
        turns.leave("own")
        #expect(await turns.enter("own"))
    }
}
