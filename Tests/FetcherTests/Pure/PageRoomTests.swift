import Testing

@testable import Fetcher

/// How much of what WeCom answers is in memory at once.
@Suite(.timeLimit(.minutes(5)))
struct PageRoomTests {
    private static let megabyte = 1 << 20

    @Test("answers that are still to come count as the largest so far, and no more are asked for than fit")
    func awaited() {
        var room = PageRoom(in: PageMemory(), limit: 10 * Self.megabyte)
        #expect(Self.fill(&room) == 10)
        for _ in 0..<9 { room.giveUp() }
        room.take(3 * Self.megabyte)
        // Three are in hand, and two more of that size fit.
        #expect(Self.fill(&room) == 2)
        room.free(3 * Self.megabyte)
        #expect(Self.fill(&room) == 1)
    }

    @Test("a run with nothing in hand reads on, however large answers are and whatever others hold")
    func alone() {
        let memory = PageMemory(limit: 1)
        var giant = PageRoom(in: memory, limit: 1)
        giant.expect()
        #expect(!giant.isFree)
        giant.take(5)
        #expect(!giant.isFree && memory.isFull)
        var other = PageRoom(in: memory)
        #expect(other.isFree)
        other.expect()
        #expect(!other.isFree)
        giant.free(5)
        #expect(giant.isFree && !memory.isFull && other.isFree)
    }

    @Test("what a run holds when it ends counts no more")
    func closed() {
        let memory = PageMemory(limit: 10)
        var room = PageRoom(in: memory)
        for bytes in [7, 8] {
            room.expect()
            room.take(bytes)
        }
        #expect(memory.isFull)
        room.close()
        #expect(!memory.isFull)
    }

    @Test("of whatever sizes answers are, a run overshoots by no more than those under way", arguments: UInt64(1)...50)
    func bound(seed: UInt64) {
        var state = seed
        func random(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var room = PageRoom(in: PageMemory(limit: 40), limit: 20)
        var (held, awaited, largest) = (0, 0, 0)
        for _ in 0..<500 {
            let isFree = room.isFree
            #expect(!isFree || held + (awaited + 1) * largest <= 20 || held + awaited == 0)
            #expect(isFree || held + awaited > 0)
            switch random(below: 3) {
            case 0 where isFree && awaited < 4:
                room.expect()
                awaited += 1
            case 1 where awaited > 0:
                let bytes = random(below: 10)
                room.take(bytes)
                (held, awaited, largest) = (held + bytes, awaited - 1, max(largest, bytes))
            case 2:
                room.free(held)
                held = 0
            default: continue
            }
            #expect(held <= 20 + 4 * 9)
        }
    }

    /// Asks for answers as long as there is room.
    private static func fill(_ room: inout PageRoom) -> Int {
        var count = 0
        while room.isFree {
            room.expect()
            count += 1
        }
        return count
    }
}
