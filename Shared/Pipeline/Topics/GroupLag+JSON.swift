public import Runtime

extension GroupLag {
    /// As programs are given it.
    public var json: JSON {
        var members: [String: JSON] = [
            "group": .string(consumer), "topic": .string(topic), "hasRead": .boolean(hasRead),
            "messages": .integer(messages), "partitions": .array(partitions.map(\.json)),
        ]
        members["seconds"] = seconds.map(JSON.number)
        return .object(members)
    }
}

extension PartitionLag {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["partition": .integer(Int64(partition)), "messages": .integer(messages)]
        members["seconds"] = seconds.map(JSON.number)
        return .object(members)
    }
}
