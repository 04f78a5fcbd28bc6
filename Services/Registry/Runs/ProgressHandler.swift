import Failures
import Kafka
import Logging
import Messages
import Pipeline
import Postgres

/// Keeps the runs up to date with what the fetcher and the writer tell on `sync.progress.v1`.
///
/// Reading anything again changes nothing: a run that is over stays as it is, and what is counted never goes back.
struct ProgressHandler: StageHandler {
    let runs: RunStore
    let logger: Logger

    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        let (messages, rejected) = batch.messages()
        var news: [ProgressNews] = []
        for message in messages {
            guard let item = try ProgressNews(message) else { continue }
            if let last = news.lastIndex(where: { $0.run == item.run }), news[last].isReplaced(by: item) {
                news[last] = item
            } else {
                news.append(item)
            }
        }
        return try await rejected + store(news)
    }

    /// Stores an identity provider's news in one transaction, so that no locks of several are held at once.
    ///
    /// Returns what never can be stored.
    private func store(_ news: [ProgressNews]) async throws -> [Rejection] {
        var rejected: [Rejection] = []
        for (_, news) in Dictionary(grouping: news, by: \.idpID) {
            do {
                try await storeTogether(news)
            } catch let error as PostgresError where error.failureClass == .permanent {
                rejected += try await storeSingly(news)
            }
        }
        return rejected
    }

    private func storeSingly(_ news: [ProgressNews]) async throws -> [Rejection] {
        var rejected: [Rejection] = []
        for item in news {
            do {
                try await storeTogether([item])
            } catch let error as PostgresError where error.failureClass == .permanent {
                logger.error("news of a run cannot be stored", metadata: ["run": "\(item.run)", "error": "\(error)"])
                rejected.append(Rejection(record: item.record, reason: error.description))
            }
        }
        return rejected
    }

    private func storeTogether(_ news: [ProgressNews]) async throws {
        try await runs.ledger.change { database in
            // The same order of locks as when a run is started: identity providers first, then their runs.
            for id in Set(news.filter(\.isEnd).map(\.idpID)).sorted() {
                _ = try IdentityProviderStore.lock(id, on: database)
            }
            for item in news { try item.store(in: runs, on: database) }
        }
    }
}
