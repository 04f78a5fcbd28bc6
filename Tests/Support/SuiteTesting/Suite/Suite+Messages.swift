import Kafka
public import Messages
public import Pipeline

extension Suite {
    /// Reads everything that a topic carries at this moment, but for tombstones.
    public func messages(on topic: Topic) async throws -> [IncomingMessage] {
        let consumer = try BroadcastConsumer(
            topics: [namespace.name(of: topic)],
            from: .beginning,
            settings: ["bootstrap.servers": brokers],
            logger: quietLogger()
        )
        let messages = await asyncResult { try await Self.messages(from: consumer) }
        try await consumer.close()
        return try messages.get()
    }

    private static func messages(from consumer: BroadcastConsumer) async throws -> [IncomingMessage] {
        var messages: [IncomingMessage] = []
        while try await !consumer.isCaughtUp() {
            for record in try await consumer.poll(upTo: 1_000, patience: .milliseconds(200)) where record.value != nil {
                messages.append(try IncomingMessage(record))
            }
        }
        return messages
    }
}
