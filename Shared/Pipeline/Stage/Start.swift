import Kafka

/// Where reading of a partition starts.
enum Start: Equatable {
    /// At an offset; so many records before it are gone that were not read. The group's commit is brought there when
    /// it says otherwise, though nothing may come to be handled: whoever looks at the group sees where it is.
    case at(Int64, missed: Int64, isCommitted: Bool)
    /// Nowhere: the position lies beyond the log's end, so the log went back.
    case beyond(Int64)

    /// - Parameter wanted: Where the handler says; `nil` is the group's commit.
    init(_ wanted: Offset?, of partition: AssignedPartition) {
        let position: Int64
        switch wanted ?? .stored {
        case _ where partition.startsAnew: position = partition.low
        case .stored: position = partition.committed ?? partition.low
        case .beginning: position = partition.low
        case .end: position = partition.high
        case .at(let offset): position = offset
        }
        guard position <= partition.high else {
            self = .beyond(position)
            return
        }
        let start = max(position, partition.low)
        let isCommitted = start == partition.committed ?? partition.low
        self = .at(start, missed: max(0, partition.low - position), isCommitted: isCommitted)
    }
}

/// A partition whose log is shorter than what was read of it already.
struct LogWentBack: Error, CustomStringConvertible {
    let partition: TopicPartition
    let position: Int64
    let end: Int64

    var description: String {
        "\(partition) is to be read on at \(position), but its log ends at \(end): the topic was made anew, or cut off. "
            + "Look whether these are the right brokers; to read the topic from its beginning, start once with "
            + "STAGE_START_ANEW=\(partition.topic)"
    }
}
