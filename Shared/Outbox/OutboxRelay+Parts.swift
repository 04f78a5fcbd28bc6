import Failures
import Foundation
import Kafka
import Logging
import Metrics
import Postgres
import ServiceLifecycle

extension OutboxRelay {
    /// What a relay works with.
    struct Parts: Sendable {
        let outbox: Outbox
        /// A connection of its own, so that it waits for nobody.
        let connection: Connection
        let makePublisher: @Sendable (Lease) async throws -> any Publisher
        let leaseLength: Duration
        /// Told of each step, and may hold it up: tests stop the relay there.
        let observe: @Sendable (Step) async throws -> Void
        let logger: Logger
        /// Names this relay in the lease.
        let owner = "\(ProcessInfo.processInfo.hostName)/\(ProcessInfo.processInfo.processIdentifier)/\(UUID())"
    }

    /// Where a relay is in its work.
    enum Step: Sendable, CaseIterable {
        /// It has the lease.
        case claimed
        /// It has a publisher, and does not know yet whether it still has the lease.
        case ready
        /// It has read what waits.
        case read
        /// The brokers have a batch.
        case sent
        /// A record is about to be set aside.
        case refusing
        /// Entries are deleted.
        case deleted
    }
}

extension OutboxRelay.Parts {
    /// How long anything with the brokers may take; after that others may have better luck.
    private static let patience = Duration.seconds(10)
    /// How much longer it may take once the program is to stop, whose other services wait for it.
    private static let parting = Duration.seconds(2)

    /// Uses the relay's connection, for as long as the lease holds.
    func perform<Value: Sendable>(
        _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        try await connection.perform(within: leaseLength, body)
    }

    /// Does something with the brokers, and holds the lease meanwhile; not for longer than patience lasts.
    func holding<Value: Sendable>(_ lease: Lease, _ body: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                var (deadline, isParting) = (ContinuousClock.now + Self.patience, false)
                while ContinuousClock.now < deadline {
                    try await Task.sleep(for: leaseLength / 3)
                    if !isParting, Task.isShuttingDownGracefully {
                        (deadline, isParting) = (min(deadline, .now + Self.parting), true)
                    }
                    try await perform { try lease.renew(on: $0) }
                }
                throw BrokersTooSlow(patience: Self.patience)
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    /// Lets others have the lease, also when the calling task was cancelled; should it fail, its time runs out.
    func release(_ lease: Lease) async {
        await Task.detached {
            try? await connection.perform(within: .seconds(1)) { try lease.release(on: $0) }
        }.value
    }

    func count(_ outcome: String, _ records: Int) {
        Counter(label: "outbox.records", dimensions: [("schema", outbox.schema), ("outcome", outcome)])
            .increment(by: records)
    }
}

/// The brokers did not take a batch in time.
struct BrokersTooSlow: Error, CustomStringConvertible {
    let patience: Duration

    var description: String { "the brokers have not answered within \(patience)" }
}
