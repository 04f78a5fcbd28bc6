import CRdKafka
import Logging
import Synchronization

/// Takes on or gives up partitions as the group has decided, and remembers it for the poll.
///
/// That there is a callback at all is what makes librdkafka wait for the next poll with it.
/// It blocks the group protocol until a given assignment is answered, even by "no partitions".
final class Rebalancing: Sendable {
    /// What happened since the last look.
    struct News {
        var assigned: [TopicPartition] = []
        var revoked: [TopicPartition] = []
        var isLost = false

        var isEmpty: Bool { assigned.isEmpty && revoked.isEmpty }
    }

    private struct State {
        var news = News()
        /// Given by the group, not yet answered.
        var pending: [TopicPartition]?
        /// Whether the group has gone on without this member since the last assignment.
        var isExpelled = false
        /// Whether there ever was an assignment.
        var wasAssigned = false
    }

    private let mode: AssignmentMode
    private let isSticky: Bool
    private let state = Mutex(State())

    /// - Parameter strategy: The setting `partition.assignment.strategy`.
    init(_ mode: AssignmentMode, strategy: String) {
        self.mode = mode
        isSticky = strategy.contains("cooperative-sticky")
    }

    /// Whether the client can be destroyed. Before 2.3, librdkafka aborts the process when a sticky
    /// member is destroyed after it joined and before its first assignment (confluentinc/librdkafka#4312); such
    /// a client is closed and left, which costs a few idle threads.
    var mayDestroy: Bool { !isSticky || rd_kafka_version() >= 0x0203_0000 || state.withLock { $0.wasAssigned } }

    /// Whether there is something to tell.
    var hasNews: Bool { state.withLock { !$0.news.isEmpty } }

    /// What happened since the last look; asked again, nothing.
    func takeNews() -> News {
        state.withLock { state in
            defer { state.news = News() }
            return state.news
        }
    }

    /// The partitions that wait for an answer; asked again, `nil`.
    func takePending() -> [TopicPartition]? {
        state.withLock { state in
            defer { state.pending = nil }
            return state.pending
        }
    }

    /// Notes that what is revoked next is lost. librdkafka itself does not know when the member
    /// was expelled while an ordinary revocation was waiting for its poll.
    func noteExpulsion() {
        state.withLock { $0.isExpelled = true }
    }

    /// Puts back what could not be answered.
    func restorePending(_ partitions: [TopicPartition]) {
        state.withLock { $0.pending = partitions }
    }

    /// Called by librdkafka inside a poll or close, on the thread that polls.
    func handle(
        _ client: OpaquePointer,
        _ event: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        let partitions = list.pointee.partitions
        if event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            let isAsked = mode == .manual && !partitions.isEmpty
            state.withLock { state in
                state.news.assigned += partitions
                state.isExpelled = false
                state.wasAssigned = true
                if isAsked { state.pending = partitions }
            }
            if !isAsked { takeOn(list, client) }
        } else {
            let isLost = rd_kafka_assignment_lost(client) != 0
            state.withLock { state in
                state.pending = nil
                state.news.assigned.removeAll(where: partitions.contains)
                state.news.revoked += partitions
                state.news.isLost = state.news.isLost || isLost || state.isExpelled
            }
            giveUp(list, client)
        }
    }

    private func takeOn(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, _ client: OpaquePointer) {
        do {
            try assign(list, client)
        } catch {
            ClientContext.of(rd_kafka_opaque(client))?.log(.error, "\(error)", facility: "rebalance")
        }
    }

    private func giveUp(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, _ client: OpaquePointer) {
        do {
            if isCooperative(client) {
                try KafkaError.check(rd_kafka_incremental_unassign(client, list), in: "unassign")
            } else {
                try KafkaError.check(rd_kafka_assign(client, nil), in: "unassign")
            }
        } catch {
            ClientContext.of(rd_kafka_opaque(client))?.log(.error, "\(error)", facility: "rebalance")
        }
    }
}

/// Answers an assignment, by the protocol that the group speaks.
func assign(
    _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>,
    _ client: OpaquePointer
) throws(KafkaError) {
    if isCooperative(client) {
        try KafkaError.check(rd_kafka_incremental_assign(client, list), in: "assign")
    } else {
        try KafkaError.check(rd_kafka_assign(client, list), in: "assign")
    }
}

private func isCooperative(_ client: OpaquePointer) -> Bool {
    rd_kafka_rebalance_protocol(client).map { String(cString: $0) } == "COOPERATIVE"
}

/// The C callback: finds the consumer's ``Rebalancing`` and lets it answer.
func rebalance(
    _ client: OpaquePointer?,
    _ event: rd_kafka_resp_err_t,
    _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
    _ opaque: UnsafeMutableRawPointer?
) {
    guard let client, let partitions else { return }
    ClientContext.of(opaque)?.rebalancing?.handle(client, event, partitions)
    // Ends the poll at once: the caller should hear of it before anything else is read.
    rd_kafka_yield(client)
}
