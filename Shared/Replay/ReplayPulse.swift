import Kafka
import Logging
import Messages
import Pipeline

/// Signs of life of a run that tells again: a long log is read longer than the registry waits for a word.
struct ReplayPulse: Sendable {
    let run: ReplayRun
    let log: ReplayLog
    /// Far below the minutes after which the registry gives a run up.
    var period: Duration = .seconds(20)

    /// Gives them while `body` runs. They are told as of nobody who holds the run, so that no count of its holder changes.
    func beating<Result>(during body: () async throws -> Result) async throws -> Result {
        let producer = try Producer(settings: log.settings, logger: log.logger)
        async let _: Void = beat(producer)
        return try await body()
    }

    private func beat(_ producer: Producer) async {
        while !Task.isCancelled {
            do {
                let beat = try OutgoingRecord(
                    StageProgress(stage: .fetcher, pages: 0),
                    envelope: run.envelope(StageProgress.type, Fence(rawValue: 0)),
                    to: TopicCatalogue.progress,
                    in: log.namespace
                )
                _ = try await producer.send(beat)
            } catch  where !Task.isCancelled {
                log.logger.warning("a sign of life did not arrive", metadata: ["error": "\(error)"])
            } catch {}
            try? await Task.sleep(for: period)
        }
    }
}
