import CRdKafka
import Logging
import Synchronization

/// Takes on partitions as the group has decided, paused, and remembers for the poll what it gives and wants back.
///
/// That there is a callback at all is what makes librdkafka wait for the next poll with it. Given partitions are taken
/// on at once, since the group protocol stands still until then; what is wanted back stays this member's until it is
/// given up, since librdkafka goes on heartbeating and committing until then.
final class Rebalancing: Sendable {
    /// What happened since the last look.
    struct News {
        var assigned: [TopicPartition] = []
        var revoked: [TopicPartition] = []

        var isEmpty: Bool { assigned.isEmpty && revoked.isEmpty }
    }

    private struct State {
        var news = News()
        var isMember = false
        /// Whether there ever was an assignment.
        var wasAssigned = false
        /// Wanted back and not given up yet.
        var owed: [TopicPartition]?
    }

    private let isSticky: Bool
    private let state = Mutex(State())

    /// - Parameter strategy: The setting `partition.assignment.strategy`.
    init(strategy: String) { isSticky = strategy.contains("cooperative-sticky") }

    /// Whether the client can be destroyed. Before 2.3, librdkafka aborts the process when a sticky
    /// member is destroyed after it joined and before its first assignment (confluentinc/librdkafka#4312); such
    /// a client is closed and left, which costs a few idle threads.
    var mayDestroy: Bool { !isSticky || rd_kafka_version() >= 0x0203_0000 || state.withLock { $0.wasAssigned } }

    /// Whether the group counts this member.
    var isMember: Bool { state.withLock { $0.isMember } }

    /// Whether there is something to tell.
    var hasNews: Bool { state.withLock { !$0.news.isEmpty } }

    /// What happened since the last look; asked again, nothing.
    func takeNews() -> News {
        state.withLock { state in
            defer { state.news = News() }
            return state.news
        }
    }

    /// Called by librdkafka inside a poll or close, on the thread that polls.
    func handle(
        _ client: OpaquePointer,
        _ event: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        let partitions = list.pointee.partitions
        do {
            if event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
                try takeOn(partitions, client)
            } else if partitions.isEmpty {
                if rd_kafka_assignment_lost(client) != 0 { state.withLock { $0.isMember = false } }
                try giveUp(partitions, client)
            } else {
                let isLost = rd_kafka_assignment_lost(client) != 0
                state.withLock { state in
                    if isLost { state.isMember = false }
                    state.news.assigned.removeAll(where: partitions.contains)
                    state.news.revoked += partitions
                    state.owed = partitions
                }
            }
        } catch {
            ClientContext.of(rd_kafka_opaque(client))?.log(.error, "\(error)", facility: "rebalance")
        }
    }

    /// Gives up at once what is owed to the group, for a member that leaves.
    func leave(_ client: OpaquePointer) {
        guard let owed = state.withLock({ $0.owed }) else { return }
        try? giveUp(owed, client)
    }

    /// Notes that nothing is owed to the group any more.
    func settle() { state.withLock { $0.owed = nil } }

    /// Takes partitions on without reading: they start at an offset that needs no question, and are paused.
    private func takeOn(_ partitions: [TopicPartition], _ client: OpaquePointer) throws(KafkaError) {
        let offsets = partitions.reduce(into: [:]) { $0[$1] = Int64(0) }
        try PartitionList(offsets).lend { list throws(KafkaError) in
            if isCooperative(client) {
                try KafkaError.check(rd_kafka_incremental_assign(client, list), in: "assign")
            } else {
                try KafkaError.check(rd_kafka_assign(client, list), in: "assign")
            }
        }
        if !partitions.isEmpty { try pausePartitions(PartitionList(partitions), of: client) }
        state.withLock { state in
            state.news.assigned += partitions
            (state.isMember, state.wasAssigned) = (true, true)
        }
    }
}

/// Answers a revocation, by the protocol that the group speaks.
func giveUp(_ partitions: [TopicPartition], _ client: OpaquePointer) throws(KafkaError) {
    if isCooperative(client) {
        try PartitionList(partitions).lend { list throws(KafkaError) in
            try KafkaError.check(rd_kafka_incremental_unassign(client, list), in: "unassign")
        }
    } else {
        try KafkaError.check(rd_kafka_assign(client, nil), in: "unassign")
    }
    ClientContext.of(rd_kafka_opaque(client))?.rebalancing?.settle()
}

/// Keeps librdkafka from reading partitions.
func pausePartitions(_ list: borrowing PartitionList, of client: OpaquePointer) throws(KafkaError) {
    try list.lend { list throws(KafkaError) in
        try KafkaError.check(rd_kafka_pause_partitions(client, list), in: "pause")
    }
    try list.check(in: "pause")
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
