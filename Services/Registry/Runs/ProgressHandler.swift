import Kafka
import Messages
import Pipeline
import Postgres

/// Keeps the runs up to date with what the fetcher and the writer tell on `sync.progress.v1`.
///
/// Reading anything again changes nothing: a run that is over stays as it is, and what is counted never goes back.
struct ProgressHandler: StageHandler {
    let runs: RunStore

    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        let (news, rejected) = try batch.read { try ProgressNews($0) }
        for (_, news) in Dictionary(grouping: Self.newest(of: news), by: \.idpID) { try await store(news) }
        return rejected
    }

    /// Leaves out what later news of the same run make worthless.
    private static func newest(of news: [ProgressNews]) -> [ProgressNews] {
        news.reduce(into: []) { kept, item in
            if let last = kept.lastIndex(where: { $0.run == item.run }), kept[last].isReplaced(by: item) {
                kept[last] = item
            } else {
                kept.append(item)
            }
        }
    }

    /// Stores an identity provider's news in one transaction, so that no locks of several are held at once.
    private func store(_ news: [ProgressNews]) async throws {
        try await runs.ledger.change { database in
            // The same order of locks as when a run is started: identity providers first, then their runs.
            for id in Set(news.filter(\.isEnd).map(\.idpID)).sorted() {
                _ = try IdentityProviderStore.lockedRow(id, evenDeleted: true, on: database)
            }
            for item in news { try item.store(in: runs, on: database) }
        }
    }
}
