import Kafka
import KafkaTesting
import Pipeline
import Runtime
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct AssignmentTests {
    @Test("reading starts where the handler says, and at the commit where it says nothing")
    func starts() async throws {
        try await Site.broker(partitions: 2) { site in
            let positions = try await site.write(0..<100)
            let mine = positions[0].topicPartition
            let recorder = Recorder(start: { _, partitions in partitions.contains(mine) ? [mine: .at(5)] : [:] })
            let expected = positions.enumerated().filter { $0.element.topicPartition != mine || $0.element.offset >= 5 }
            try await running([site.makeStage(recorder)]) {
                try await eventually("all from there") { recorder.seen.count == expected.count }
            }
            #expect(recorder.seen.all == expected.map(\.offset))
        }
    }

    @Test("a start of the handler's own wins over the group's commit")
    func rewinds() async throws {
        try await Site.broker { site in
            let partition = try await site.write(0..<10)[0].topicPartition
            let first = Recorder()
            try await running([site.makeStage(first)]) {
                try await eventually("all") { first.seen.count == 10 }
            }
            let second = Recorder(start: { _, _ in [partition: .beginning] })
            try await running([site.makeStage(second)]) {
                try await eventually("all again") { second.seen.count == 10 }
            }
            #expect(second.seen.all == Array(0..<10))
        }
    }

    @Test("a start of the handler's own is committed, though nothing comes to be handled")
    func committed() async throws {
        try await Site.broker { site in
            let last = try await site.write(0..<10)[9]
            let recorder = Recorder(start: { _, _ in [last.topicPartition: .at(last.offset + 1)] })
            try await running([site.makeStage(recorder)]) {
                try await eventually("the commit") {
                    try await site.committed()[last.topicPartition] == last.offset + 1
                }
            }
            #expect(recorder.seen.count == 0)
        }
    }

    @Test("a handler that cannot say yet where to start is asked again, and nothing is read before")
    func askedAgain() async throws {
        try await Site.broker { site in
            try await site.write(0..<10)
            let readiness = Readiness()
            let isHealed = Flag()
            let recorder = Recorder(start: { _, _ in
                if !isHealed.isSet { throw Transient() }
                return [:]
            })
            try await running([site.makeStage(recorder, readiness: readiness)]) {
                try await eventually("asked three times") { recorder.seen.questions >= 3 }
                #expect(!readiness.isReady)
                #expect(recorder.seen.count == 0)
                isHealed.set()
                try await eventually("all") { recorder.seen.count == 10 }
                try await eventually("ready") { readiness.isReady }
            }
        }
    }

    @Test("a partition that is wanted back is given up once what is in hand of it has come to its end, and not before")
    func takenInTheMiddle() async throws {
        try await Site.broker(partitions: 2) { site in
            let gate = Gate()
            let first = Recorder { _, _ in
                await gate.wait()
                return []
            }
            let second = Recorder()
            try await running([site.makeStage(first)]) {
                try await eventually("both of them") { first.seen.held.count == 2 }
                try await site.write(0..<20)
                try await eventually("both are in hand") { first.seen.calls.count == 2 }
                try await running([site.makeStage(second)]) {
                    // Long enough for a group that does not wait to have given one of them to the second.
                    try await Task.sleep(for: .seconds(5))
                    #expect(first.seen.revoked.isEmpty)
                    #expect(second.seen.assigned.isEmpty && second.seen.calls.isEmpty)
                    gate.open()
                    try await eventually("the first one is told") {
                        !first.seen.revoked.isEmpty
                    }
                    try await eventually("one of them is the second's") {
                        second.seen.held.count == 1
                    }
                    try await site.write(20..<40)
                    try await eventually("all handled") {
                        Set(first.seen.all + second.seen.all) == Set(0..<40)
                    }
                }
            }
        }
    }

    @Test("a member that cannot say where to start holds up nobody, and stops in time")
    func unanswered() async throws {
        try await Site.broker(partitions: 2) { site in
            try await site.write(0..<20)
            let first = Recorder(start: { _, _ in throw Transient() })
            let second = Recorder()
            let clock = ContinuousClock()
            var stopping = clock.now
            try await running([site.makeStage(second)]) {
                try await running([site.makeStage(first)]) {
                    try await eventually("the first has one of them, and is asked") {
                        first.seen.questions >= 3 && second.seen.held.count == 1
                    }
                    stopping = clock.now
                }
                #expect(clock.now - stopping < .seconds(8))
                try await eventually("all handled") { Set(second.seen.all) == Set(0..<20) }
            }
        }
    }

    @Test("two members share the partitions, and the one that stays takes over those of the one that leaves")
    func share() async throws {
        try await Site.broker(partitions: 4) { site in
            let (first, second) = (Recorder(), Recorder())
            try await running([site.makeStage(first)]) {
                try await eventually("all of them") { first.seen.held.count == 4 }
                try await running([site.makeStage(second)]) {
                    try await eventually("half of them") { second.seen.assigned.count == 2 }
                    try await site.write(0..<200)
                    try await eventually("all handled") {
                        Set(first.seen.all + second.seen.all) == Set(0..<200)
                    }
                    #expect(second.seen.numbers.count > 0)
                }
                try await site.write(200..<400)
                try await eventually("the rest handled") {
                    Set(first.seen.all + second.seen.all) == Set(0..<400)
                }
            }
            // A batch whose commit a rebalance prevented comes again; nothing is left out or overtaken.
            for numbers in Array(first.seen.numbers.values) + Array(second.seen.numbers.values) {
                var seen: Set<Int> = []
                let firsts = numbers.filter { seen.insert($0).inserted }
                #expect(firsts == firsts.sorted())
            }
        }
    }
}
