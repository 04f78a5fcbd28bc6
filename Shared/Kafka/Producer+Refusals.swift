import Failures

extension Producer {
    /// Sends records together, and returns once the brokers have all but those that are refused for good.
    ///
    /// Records of one partition keep their order, unless some that travelled with a refused one have to be sent again:
    /// the brokers refuse together what comes together, so that those are tried in ever smaller parts.
    ///
    /// - Returns: The errors of those that are refused also without the others, by their places in `records`.
    /// - Throws: The first ``KafkaError`` that is not permanent, or `CancellationError`; records may have been written all
    ///   the same, and sending all of them again loses nothing.
    public func sendUnlessRefused(_ records: [OutgoingRecord]) async throws -> [Int: KafkaError] {
        try await refusals(among: Array(records.indices), of: records)
    }

    private func refusals(among places: [Int], of records: [OutgoingRecord]) async throws -> [Int: KafkaError] {
        var refused: [Int: KafkaError] = [:]
        let outcomes = try await deliver(places.map { records[$0] })
        for (place, outcome) in zip(places, outcomes) {
            guard case .failure(let error) = outcome else { continue }
            guard error.failureClass == .permanent else { throw error }
            refused[place] = error
        }
        // Nothing was refused together with the only one.
        guard refused.count > 1 else { return refused }
        let suspects = refused.keys.sorted()
        let middle = suspects.count / 2
        let first = try await refusals(among: Array(suspects[..<middle]), of: records)
        let second = try await refusals(among: Array(suspects[middle...]), of: records)
        return first.merging(second) { known, _ in known }
    }
}
