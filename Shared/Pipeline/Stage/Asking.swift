import Kafka

/// Asks the brokers and the handler where partitions start, beside the loop.
struct Asking: Sendable {
    /// How long a log that seems to have gone back has to show itself otherwise.
    private static let secondLook: Duration = .seconds(1)

    let consumer: Consumer
    let handler: any StageHandler

    /// - Parameter anew: Those of `partitions` that start at the log's beginning, whatever was read.
    func starts(
        of partitions: [TopicPartition],
        anew: Set<TopicPartition>
    ) async throws -> [TopicPartition: (start: Start, end: Int64)] {
        let given = try await given(partitions, anew: anew)
        let wanted = try await handler.assigned(given.values.sorted { $0.partition < $1.partition })
        var starts = given.mapValues { (start: Start(wanted[$0.partition], of: $0), end: $0.high) }
        let beyond = starts.filter { if case .beyond = $0.value.start { true } else { false } }
        guard !beyond.isEmpty else { return starts }
        try await Task.sleep(for: Self.secondLook)
        for (partition, again) in try await self.given(Array(beyond.keys), anew: []) {
            guard case .beyond(let position)? = starts[partition]?.start else { continue }
            starts[partition] = (Start(.at(position), of: again), again.high)
        }
        return starts
    }

    /// Where logs end, asked twice of those that end before `positions`.
    func ends(of positions: [TopicPartition: Int64]) async throws -> [TopicPartition: LogEnds] {
        var ends = try await consumer.ends(of: positions.keys.sorted())
        let short = ends.filter { $0.value.high < positions[$0.key] ?? 0 }.keys
        guard !short.isEmpty else { return ends }
        try await Task.sleep(for: Self.secondLook)
        ends.merge(try await consumer.ends(of: Array(short))) { $1 }
        return ends
    }

    private func given(
        _ partitions: [TopicPartition],
        anew: Set<TopicPartition>
    ) async throws -> [TopicPartition: AssignedPartition] {
        var given: [TopicPartition: AssignedPartition] = [:]
        for (partition, place) in try await consumer.places(of: partitions) {
            given[partition] = AssignedPartition(
                partition,
                committed: place.committed,
                low: place.ends.low,
                high: place.ends.high,
                startsAnew: anew.contains(partition)
            )
        }
        return given
    }
}
