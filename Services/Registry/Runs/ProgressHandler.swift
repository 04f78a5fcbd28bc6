import Failures
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
        let (news, unreadable) = try batch.read { try ProgressNews($0) }
        var rejected = unreadable
        for (_, news) in Dictionary(grouping: news, by: \.idpID) {
            do {
                try await store(Self.newest(of: news))
            } catch  where FailureClass(of: error) == .permanent {
                rejected += try await sift(news)
            }
        }
        return rejected
    }

    /// Stores an identity provider's news but for those that the database refuses for good.
    private func sift(_ news: [ProgressNews]) async throws -> [Rejection] {
        let sifted = try await runs.ledger.change { database -> Sifted<Int> in
            try Self.lockEnded(by: news, on: database)
            return try database.sift(news) { part, database in
                for item in part { try item.store(in: runs, on: database) }
                return part.count
            }
        }
        return sifted.refused.map { Rejection(record: news[$0.place].record, failure: $0.error) }
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
            try Self.lockEnded(by: news, on: database)
            for item in news { try item.store(in: runs, on: database) }
        }
    }

    /// The same order of locks as when a run is started: identity providers first, then their runs.
    private static func lockEnded(by news: [ProgressNews], on database: isolated Connection) throws {
        for id in Set(news.filter(\.isEnd).map(\.idpID)).sorted() {
            _ = try IdentityProviderStore.lockedRow(id, evenDeleted: true, on: database)
        }
    }
}
