import Kafka
import Messages
import Pipeline
import Synchronization

/// Tells the fetchers how many pages have arrived, so that they may send more (architecture.md §3).
///
/// Not by the outbox: it is a hint that is told again with the next page, and again after a restart. What the broker
/// did not take counts as not told.
final class CreditReporting: Sendable {
    private let producer: Producer
    private let publishing: ChangePublishing
    private let reported = Mutex<[IdentityProviderID: Reported]>([:])

    private struct Reported: Equatable {
        let position: RunPosition
        let page: Int
    }

    init(producer: Producer, publishing: ChangePublishing) {
        self.producer = producer
        self.publishing = publishing
    }

    /// - Throws: ``KafkaError`` when the broker does not take it.
    func report(_ run: ActiveRun, of source: SourceState) async throws {
        let position = RunPosition(epoch: source.standing.position.epoch, fence: run.fence)
        let news = Reported(position: position, page: run.page)
        guard reported.withLock({ $0[source.identityProvider] }) != news else { return }
        let envelope = Envelope(
            type: StageProgress.type,
            source: publishing.source,
            tenant: source.standing.tenant,
            identityProvider: source.identityProvider,
            run: run.id,
            position: position
        )
        let progress = StageProgress(stage: .writer, pages: run.page, usersSeen: run.users.count)
        _ = try await producer.send(publishing.record(progress, from: envelope, to: TopicCatalogue.progress))
        reported.withLock { $0[source.identityProvider] = news }
    }
}
