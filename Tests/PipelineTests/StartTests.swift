import Kafka
import Testing

@testable import Pipeline

/// Where a partition starts, by what the handler wants and what the log has.
@Suite struct StartTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func start(_ wanted: Offset?, committed: Int64? = nil, _ low: Int64, _ high: Int64, anew: Bool = false)
        -> Start
    {
        let given = AssignedPartition(partition, committed: committed, low: low, high: high, startsAnew: anew)
        return Start(wanted, of: given)
    }

    @Test("without a wish it starts at the commit, without a commit at the beginning")
    func commits() {
        #expect(start(nil, committed: 7, 0, 10) == .at(7, missed: 0, isCommitted: true))
        #expect(start(.stored, committed: 7, 0, 10) == .at(7, missed: 0, isCommitted: true))
        #expect(start(nil, 3, 10) == .at(3, missed: 0, isCommitted: true))
    }

    @Test("the handler's wish wins over the commit")
    func wishes() {
        #expect(start(.at(2), committed: 7, 0, 10) == .at(2, missed: 0, isCommitted: false))
        #expect(start(.beginning, committed: 7, 3, 10) == .at(3, missed: 0, isCommitted: false))
        #expect(start(.end, committed: 7, 0, 10) == .at(10, missed: 0, isCommitted: false))
        #expect(start(.at(10), 0, 10) == .at(10, missed: 0, isCommitted: false))
    }

    @Test("what retention took is passed over and counted")
    func retention() {
        #expect(start(.at(2), 5, 10) == .at(5, missed: 3, isCommitted: true))
        #expect(start(nil, committed: 2, 10, 10) == .at(10, missed: 8, isCommitted: false))
    }

    @Test("a position beyond the end is never taken, the handler's or the group's")
    func wentBack() {
        #expect(start(.at(11), 0, 10) == .beyond(11))
        #expect(start(nil, committed: 500, 0, 0) == .beyond(500))
    }

    @Test("told to start anew, it starts at the beginning, whatever was read")
    func anew() {
        #expect(start(.at(500), committed: 7, 2, 10, anew: true) == .at(2, missed: 0, isCommitted: false))
        #expect(start(nil, committed: 500, 0, 10, anew: true) == .at(0, missed: 0, isCommitted: false))
    }

    @Test("a partition starts anew once, and only of the topics that were named")
    func once() {
        var anew = StartingAnew(topics: ["t"])
        let other = TopicPartition(topic: "u", partition: 0)
        #expect(anew.due([partition, other]) == [partition])
        let taken = [anew.take(partition), anew.take(other), anew.take(partition)]
        #expect(taken == [true, false, false])
        #expect(anew.due([partition, other]).isEmpty)
    }

    @Test("a rival that keeps the instance id for twice the session ends this member; a fence now and then does not")
    func rivalry() {
        var rivalry = Rivalry()
        var now = ContinuousClock.now
        var waits = 0
        rivalry.begin(.seconds(10), now: now)
        while let wait = rivalry.wait(now: now) {
            #expect(wait <= .seconds(5))
            waits += 1
            now += wait + .seconds(1)
            rivalry.begin(.seconds(10), now: now)
        }
        #expect((5...40).contains(waits))
        for _ in 0..<100 {
            now += .seconds(25)
            let wait = rivalry.wait(now: now)
            #expect(wait != nil)
            rivalry.begin(.seconds(10), now: now)
        }
    }
}
