import Kafka
import Messages
import Pipeline
import Testing

/// How many partitions topics may get, and when.
@Suite struct TopicGrowthTests {
    private func growth(
        from has: [Int32],
        to partitions: Int32,
        behind messages: Int64 = 0,
        _ consumer: String = "directory-writer"
    ) throws -> TopicGrowth {
        let names = has.indices.map { "topic\($0)" }
        let found = names.enumerated().map { number, name in
            (name, TopicDescription(name: name, partitions: has[number], replication: 1, configuration: [:]))
        }
        let lag = PartitionLag(partition: 0, messages: messages, seconds: nil)
        return try TopicGrowth(
            of: names,
            found: Dictionary(uniqueKeysWithValues: found),
            to: partitions,
            groups: [GroupLag(consumer: consumer, topic: "topic0", hasRead: true, partitions: [lag])]
        )
    }

    @Test("topics grow to a multiple, and those that have as many are left alone")
    func grows() throws {
        #expect(try growth(from: [12, 24, 6], to: 24).topics == ["topic0", "topic2"])
        #expect(try growth(from: [24], to: 24, behind: 5).topics.isEmpty)
    }

    @Test("another number is refused with one that can be given", arguments: [Int32(18), 6, 13])
    func noMultiple(_ partitions: Int32) {
        let refusal = #expect(throws: TopicGrowth.Refusal.self) { try growth(from: [12], to: partitions) }
        #expect(refusal?.description.contains("--partitions 24") ?? false)
    }

    @Test("nothing grows while a service has something to read, which is named")
    func behind() {
        let refusal = #expect(throws: TopicGrowth.Refusal.self) { try growth(from: [12], to: 24, behind: 3) }
        #expect(refusal?.description.contains("directory-writer has 3 messages of topic0") ?? false)
    }

    @Test("what the stopped registry has not read of runs that ended meanwhile keeps nothing from growing")
    func stopped() throws {
        #expect(try growth(from: [12], to: 24, behind: 3, TopicGrowth.stopped).topics == ["topic0"])
        let reader = TopicCatalogue.consumers.first { $0.consumer == TopicGrowth.stopped }
        #expect(reader?.topic.name == TopicCatalogue.progress.name)
    }

    @Test("a topic that is missing is to be made first")
    func missing() {
        let refusal = #expect(throws: TopicGrowth.Refusal.self) {
            try TopicGrowth(of: ["topic0"], found: [:], to: 24, groups: [])
        }
        #expect(refusal?.description.contains("bridgectl topics apply") ?? false)
    }
}
