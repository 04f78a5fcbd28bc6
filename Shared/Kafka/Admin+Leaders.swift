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
        let deadline = ContinuousClock.now + limit
        var waiting = topics.map(\.name)
        while true {
            waiting = try await topicsWithoutLeader(of: waiting)
            if waiting.isEmpty { return }
            guard ContinuousClock.now < deadline else {
                throw KafkaError(.leaderNotAvailable, in: "wait for leaders of \(waiting.joined(separator: ", "))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
