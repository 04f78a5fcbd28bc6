import Kafka

/// Where a message lies in the topic.
struct LogPlace: Hashable, Sendable {
    let partition: Int32
    let offset: Int64

    init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    init(_ position: Position) { self.init(partition: position.partition, offset: position.offset) }
}
