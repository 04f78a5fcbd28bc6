/// What is known of an identity provider besides its settings.
struct Standing: Sendable {
    /// Its newest runs, newest first.
    let runs: [Run]
    /// What the directory holds of it; nil where it holds nothing yet, or does not answer.
    let summary: DirectorySummary?

    /// The run that tells whether it works: the newest that read and is over, else the one that is under way.
    var lastRun: Run? {
        let telling = runs.filter { $0.isReading && !$0.dryRun }
        return telling.first { $0.outcome != nil && $0.outcome != .cancelled && $0.outcome != .skipped }
            ?? telling.first
    }

    /// The one that is under way.
    var activeRun: Run? { runs.first { $0.state == .running || $0.state == .requested } }

    /// Asks about identity providers that the registry has shown to whoever is signed in.
    static func of(
        _ providers: [IdentityProvider],
        runs count: Int = 5,
        _ visit: Visit
    ) async throws -> [String: Standing] {
        let registry = try visit.registry
        let directory = visit.desk.directory
        return try await withThrowingTaskGroup(of: (String, Standing).self) { group in
            for id in providers.map(\.id) {
                group.addTask {
                    async let summary = try? directory.get("/api/v1/idps/\(id)/summary", as: DirectorySummary.self)
                    let page = try await registry.get(
                        "/api/v1/idps/\(id)/runs",
                        [("limit", "\(count)")],
                        as: Listed<Run>.self
                    )
                    return (id, Standing(runs: page.items, summary: await summary))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
