import Kafka
import Logging
import Messages
import Pipeline

/// Takes the registry's commands in: once they are in the inbox, any instance may work on them.
struct InboxHandler: StageHandler {
    let inbox: InboxStore
    /// Told that there may be work.
    let bell: Bell
    let logger: Logger

    @concurrent
    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        var (messages, rejections) = batch.messages()
        var entries: [InboxStore.Entry] = []
        for message in messages {
            switch message.envelope.type {
            case RunSync.type:
                entries.append(.run(QueuedRun(try message.decode(RunSync.self), message.envelope)))
            case CancelRun.type:
                entries.append(.cancellation(try message.decode(CancelRun.self).run))
            case ApplyHeldRemovals.type, DiscardHeldRemovals.type:
                // The writer's.
                continue
            default:
                let reason = "the type \(message.envelope.type) is unknown"
                rejections.append(Rejection(record: message.record, reason: reason))
            }
        }
        try await inbox.take(entries)
        if !entries.isEmpty {
            logger.info("commands taken in", metadata: ["count": "\(entries.count)"])
            bell.ring()
        }
        return rejections
    }
}
