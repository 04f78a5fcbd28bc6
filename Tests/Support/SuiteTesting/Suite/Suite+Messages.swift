public import Kafka
public import Messages
public import Pipeline

extension Suite {
    /// What a client of the suite's broker needs.
    public var brokerSettings: [String: String] { ["bootstrap.servers": brokers] }

    /// Reads everything that a topic carries at this moment, but for tombstones.
    ///
    /// - Throws: `UndecodableMessage` when one of them is in no envelope.
    public func messages(on topic: Topic) async throws -> [IncomingMessage] {
        try await records(on: topic).filter { $0.value != nil }.map(IncomingMessage.init)
    }

    /// Reads all dead letters of a consumer of a topic.
    public func deadLetters(of topic: Topic, _ consumer: String) async throws -> [DeadLetter] {
        try await records(on: topic.deadLetters(of: consumer)).compactMap(DeadLetter.init)
    }

    /// Reads every record that a topic holds at this moment.
    public func records(on topic: Topic) async throws -> [Record] {
        let consumer = try BroadcastConsumer(
            topics: [namespace.name(of: topic)],
            from: .beginning,
            settings: brokerSettings.merging(["fetch.message.max.bytes": "4000000"]) { $1 },
            logger: quietLogger()
        )
        let records = await asyncResult { try await Self.records(from: consumer) }
        try await consumer.close()
        return try records.get()
    }

    private static func records(from consumer: BroadcastConsumer) async throws -> [Record] {
        var records: [Record] = []
        while try await !consumer.isCaughtUp() {
            records += try await consumer.poll(upTo: 1_000, patience: .milliseconds(200))
        }
        return records
    }

    /// Asks the broker.
    public func withAdmin<Value: Sendable>(_ body: (Admin) async throws -> Value) async throws -> Value {
        let admin = try Admin(settings: brokerSettings, logger: quietLogger())
        let result = await asyncResult { try await body(admin) }
        try await admin.close()
        return try result.get()
    }

    /// Deletes a topic with all that it carries, and makes it anew, empty.
    public func remake(_ topic: Topic) async throws {
        let name = namespace.name(of: topic)
        try await withAdmin { admin in
            let partitions = Int32(try await admin.endOffsets(name).count)
            try await admin.delete([name])
            _ = try await waitFor("the end of \(name)", within: .seconds(20)) {
                try await admin.topicNames().contains(name) ? nil : true
            }
            try await admin.createAndAwaitLeaders([
                topic.specification(in: namespace, partitions: partitions, durability: .singleBroker)
            ])
        }
    }
}
