import Failures
import Kafka
import Logging
import Metrics
import Postgres
import ServiceLifecycle

/// What a relay does while it has the lease, with a publisher that it made after it got it.
///
/// The order keeps it from harm: lease, publisher, lease again, and only then the records are read. Whoever makes its
/// publisher after us has shut ours out; whoever made it before us had lost the lease by then. So a relay that wakes
/// up late can neither publish nor delete.
struct Tenure: Sendable {
    let lease: Lease
    let publisher: any Publisher
    let relay: OutboxRelay.Parts
    private var renewed = ContinuousClock.now

    private var outbox: Outbox { relay.outbox }

    private init(_ lease: Lease, _ publisher: any Publisher, _ relay: OutboxRelay.Parts) {
        (self.lease, self.publisher, self.relay) = (lease, publisher, relay)
    }

    /// Takes the lease and makes a publisher; `nil` while another relay has it.
    static func begin(_ relay: OutboxRelay.Parts) async throws -> Tenure? {
        let lease = try await relay.perform { connection in
            try Lease.claim(relay.outbox, for: relay.owner, length: relay.leaseLength, on: connection)
        }
        guard let lease else { return nil }
        try await relay.observe(.claimed)
        do {
            let publisher = try await relay.holding(lease) { try await relay.makePublisher(lease) }
            try await relay.observe(.ready)
            try await relay.perform { try lease.renew(on: $0) }
            return Tenure(lease, publisher, relay)
        } catch {
            await relay.release(lease)
            throw error
        }
    }

    /// Gives up the lease, so that another relay goes on at once, and shuts this one's publisher out.
    func end() async {
        await relay.release(lease)
    }

    /// Publishes batch after batch until nothing waits, or for as long as a lease holds: where records come without end,
    /// somebody has to look in between how the outbox does.
    ///
    /// - Returns: Whether nothing is to be published any more.
    mutating func drain() async throws -> Bool {
        if renewed.duration(to: .now) > relay.leaseLength / 3 {
            try await relay.perform { [lease] in try lease.renew(on: $0) }
            renewed = .now
        }
        guard try await relay.perform({ [outbox] in try outbox.isDue(on: $0) }) else { return true }
        let end = ContinuousClock.now + relay.leaseLength
        while !Task.isShuttingDownGracefully, .now < end {
            let entries = try await relay.perform { [outbox] in try outbox.oldest(on: $0) }
            try await relay.observe(.read)
            guard !entries.isEmpty else { return true }
            var rest = entries[...]
            while let first = rest.first {
                if case .failure(let error) = first.content {
                    try await refuse(first, because: error.reason)
                    rest.removeFirst()
                } else {
                    let readable = rest.prefix { $0.record != nil }
                    try await publish(readable)
                    rest.removeFirst(readable.count)
                }
            }
        }
        return false
    }

    /// Publishes entries, in halves if one of them is refused for good, until that one is found.
    private func publish(_ entries: ArraySlice<Entry>) async throws {
        do {
            try await relay.holding(lease) { try await publisher.publish(entries.compactMap(\.record)) }
        } catch  where FailureClass(of: error) == .permanent {
            if entries.count == 1, let entry = entries.first { return try await refuse(entry, because: "\(error)") }
            let middle = entries.startIndex + entries.count / 2
            try await publish(entries[..<middle])
            return try await publish(entries[middle...])
        }
        try await relay.observe(.sent)
        let ids = entries.map(\.id)
        try await relay.perform { [lease] in try lease.delete(ids, on: $0) }
        try await relay.observe(.deleted)
        relay.count("published", entries.count)
    }

    private func refuse(_ entry: Entry, because reason: String) async throws {
        try await relay.observe(.refusing)
        try await relay.perform { [lease] in try lease.refuse(entry, because: reason, on: $0) }
        try await relay.observe(.deleted)
        relay.count("refused", 1)
        relay.logger.error(
            "a record can never be published and was set aside",
            metadata: ["schema": "\(outbox.schema)", "id": "\(entry.id)", "reason": "\(reason)"]
        )
    }
}
