public import Kafka

extension BroadcastConsumer {
    /// The next records, as by `poll`; none where the brokers did not answer in time, as on a busy machine: whoever waits
    /// for records asks again until the test is over.
    ///
    /// - Throws: `KafkaError` that no time mends; `CancellationError`.
    public func next(upTo limit: Int, patience: Duration) throws -> [Record] {
        try Task.checkCancellation()
        do {
            return try poll(upTo: limit, patience: patience)
        } catch let error as KafkaError where error.isRetriable {
            return []
        }
    }
}

extension Admin {
    /// Deletes the topics that a test has used. That the brokers took too long over it says nothing of what was tested.
    ///
    /// - Throws: `KafkaError` that no time mends.
    public func delete(afterUse names: [String]) throws {
        do {
            try delete(names)
        } catch let error as KafkaError where error.isRetriable {
            return
        }
    }
}
