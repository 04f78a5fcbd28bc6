import Kafka
import KafkaTesting
import Pipeline
import Runtime
import Testing

/// What a stage does when the brokers are away, on a mock cluster that can be.
@Suite(.timeLimit(.minutes(5)))
struct OutageTests {
    @Test("while the brokers are away it waits, and afterwards nothing is missing")
    func outage() async throws {
        let site = try Site.mock(partitions: 2)
        let cluster = try #require(site.cluster)
        try await site.write(0..<50)
        let (gate, readiness) = (Gate(), Readiness())
        let recorder = Recorder { _, _ in
            await gate.wait()
            return []
        }
        try await running([site.makeStage(recorder, readiness: readiness)]) {
            try await eventually("a batch is in hand") { !recorder.seen.calls.isEmpty }
            try cluster.stopBrokers()
            gate.open()
            try await eventually("it cannot commit") { !readiness.isReady }
            try cluster.startBrokers()
            try await site.write(50..<100)
            try await eventually("the rest") { Set(recorder.seen.all) == Set(0..<100) }
            try await eventually("ready again") { readiness.isReady }
        }
    }

    @Test("nothing from a record on whose dead letter is not acknowledged is committed, and it comes again")
    func deadLettersFirst() async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        cluster.failTopic(site.deadTopic, with: .unknownTopic)
        let partition = try await site.write(0..<5)[0].topicPartition
        let readiness = Readiness()
        let recorder = Recorder { batch, _ in
            batch.records.filter { $0.number == 2 }.map { Rejection(record: $0, reason: "two") }
        }
        try await running([site.makeStage(recorder, readiness: readiness)]) {
            try await eventually("two attempts") { recorder.seen.calls[partition] ?? 0 >= 2 }
            try await eventually("not ready") { !readiness.isReady }
            cluster.failTopic(site.deadTopic, with: .none)
            #expect(try await site.records(in: site.deadTopic, count: 1)[0].number == 2)
            try await eventually("ready") { readiness.isReady }
        }
        let handled = try #require(recorder.seen.numbers[partition])
        #expect(handled.prefix(4) == [0, 1, 3, 4])
        #expect(handled.count >= 6 && handled.dropFirst(4).enumerated().allSatisfy { $1 == [3, 4][$0 % 2] })
    }

    @Test("a failed commit is made up for")
    func failedCommit() async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        try await site.write(0..<5)
        cluster.pushErrors(.offsetCommit, [.unknownTopic, .unknownTopic, .unknownTopic])
        let (first, second, readiness) = (Recorder(), Recorder(), Readiness())
        try await running([site.makeStage(first, readiness: readiness)]) {
            try await eventually("the failure") {
                readiness.obstacles.values.contains { $0.contains("cannot commit") }
            }
            try await eventually("the commit") { readiness.isReady }
        }
        #expect(first.seen.all == Array(0..<5))
        try await site.write(5..<6)
        try await running([site.makeStage(second)]) {
            try await eventually("what is new") { !second.seen.all.isEmpty }
        }
        #expect(second.seen.all == [5])
    }

    @Test(
        "it stops in time while the brokers are away, or take everything and answer nothing",
        arguments: [false, true],
        ["the handler's end", "the dead letter", "nothing"]
    )
    func stopsInTime(isSilent: Bool, waitsFor: String) async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        try await site.write(0..<5)
        let gate = Gate()
        let recorder = Recorder { batch, _ in
            if waitsFor != "nothing" { await gate.wait() }
            if waitsFor == "the handler's end" {
                _ = try await site.slowProducer.send(OutgoingRecord(topic: site.topic, value: nil))
            }
            return waitsFor == "the dead letter" ? [Rejection(record: batch.records[0], reason: "no")] : []
        }
        let clock = ContinuousClock()
        var stopping = clock.now
        try await running([site.makeStage(recorder, producer: site.slowProducer)]) {
            try await eventually("the batch is in hand") { !recorder.seen.calls.isEmpty }
            try isSilent ? cluster.delayAnswers(by: .seconds(3_600)) : cluster.stopBrokers()
            gate.open()
            stopping = clock.now
        }
        #expect(clock.now - stopping < .seconds(10))
    }

    @Test("a member that is fenced drops what it holds, and joins anew with a new client")
    func fenced() async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        var settings = site.settings
        settings.instanceID = "a"
        try await site.write(0..<5)
        let recorder = Recorder()
        try await running([site.makeStage(recorder, settings: settings)]) {
            try await eventually("the first") { recorder.seen.count == 5 }
            cluster.pushErrors(.heartbeat, [.fencedInstance])
            try await eventually("it is told") { recorder.seen.held.isEmpty }
            try await site.write(5..<10)
            try await eventually("the rest") { Set(recorder.seen.all) == Set(0..<10) }
        }
    }

    @Test("an error of the handler that ends its client ends the stage")
    func fatal() async throws {
        let site = try Site.mock()
        try await site.write(0..<1)
        let recorder = Recorder { _, _ in throw KafkaError(.fatal, in: "produce") }
        await #expect(throws: KafkaError.self) { try await site.makeStage(recorder).run() }
        #expect(recorder.seen.held.isEmpty)
    }

    @Test("a member that has not joined its group is not ready, and says what is in the way")
    func notJoined() async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        cluster.pushErrors(.joinGroup, Array(repeating: .groupNotAuthorized, count: 3))
        let readiness = Readiness()
        try await running([site.makeStage(Recorder(), readiness: readiness)]) {
            try await eventually("the reason") {
                readiness.obstacles.values.contains { $0.contains("GROUP_AUTHORIZATION_FAILED") }
            }
            try await eventually("ready") { readiness.isReady }
        }
    }

    @Test("a member that loses the right to its topic is not ready, and says so, until it has it again")
    func notAuthorized() async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        var settings = site.settings
        settings.kafka["topic.metadata.refresh.interval.ms"] = "1000"
        let (recorder, readiness) = (Recorder(), Readiness())
        try await running([site.makeStage(recorder, settings: settings, readiness: readiness)]) {
            try await eventually("at work") { !recorder.seen.held.isEmpty && readiness.isReady }
            cluster.failTopic(site.topic, with: .topicNotAuthorized)
            try await eventually("its partition is gone") { recorder.seen.held.isEmpty }
            try await eventually("the reason") {
                readiness.obstacles.values.contains { $0.contains("TOPIC_AUTHORIZATION_FAILED") }
            }
            cluster.failTopic(site.topic, with: .none)
            try await eventually("ready") { readiness.isReady }
        }
    }

    @Test("two members share partitions by either protocol", arguments: ["range", "cooperative-sticky"])
    func share(strategy: String) async throws {
        let site = try Site.mock(partitions: 4)
        var settings = site.settings
        settings.kafka["partition.assignment.strategy"] = strategy
        let (first, second) = (Recorder(), Recorder())
        try await running([site.makeStage(first, settings: settings)]) {
            try await eventually("all of them") { first.seen.held.count == 4 }
            try await site.write(0..<100)
            try await eventually("all handled") { first.seen.count == 100 }
            try await running([site.makeStage(second, settings: settings)]) {
                try await eventually("half of them") { second.seen.assigned.count == 2 }
                try await site.write(100..<200)
                try await eventually("all handled") {
                    Set(first.seen.all + second.seen.all) == Set(0..<200)
                }
            }
        }
        #expect(Set(second.seen.all).isDisjoint(with: 0..<100))
    }
}
