extension Admin {
    /// Creates the topics that are not there yet, and returns once every partition of all of them can be written to.
    ///
    /// - Parameter limit: How long the brokers may take to choose leaders.
    /// - Throws: ``KafkaError``, with the code `leaderNotAvailable` when leaders are wanting after that time;
    ///   `CancellationError`.
    public nonisolated func createAndAwaitLeaders(
        _ topics: [TopicSpecification],
        within limit: Duration = .seconds(30)
    ) async throws {
        try await create(topics)
        try await awaitLeaders(of: topics.map(\.name), within: limit)
    }

    /// Returns once every partition of all of the topics can be written to.
    ///
    /// - Parameters:
    ///   - partitions: How many each has at least: a broker may not have heard yet of those that were added.
    ///   - limit: How long the brokers may take to choose leaders.
    /// - Throws: As ``createAndAwaitLeaders(_:within:)``.
    public nonisolated func awaitLeaders(
        of topics: [String],
        partitions: Int32 = 1,
        within limit: Duration = .seconds(30)
    ) async throws {
        let deadline = ContinuousClock.now + limit
        var waiting = topics
        while true {
            waiting = try await topicsWithoutLeader(of: waiting, partitions: partitions)
            if waiting.isEmpty { return }
            guard ContinuousClock.now < deadline else {
                throw KafkaError(.leaderNotAvailable, in: "wait for leaders of \(waiting.joined(separator: ", "))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
