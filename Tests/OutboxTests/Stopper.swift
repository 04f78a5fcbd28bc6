import Kafka
import KafkaTesting
import Logging
import Messages
@testable import Outbox
import Postgres
import Runtime
import Synchronization

/// Stops a relay at a step of its work, as `SIGSTOP` or `kill -9` would: it does nothing more until it is woken.
final class Stopper: Sendable {
    private struct State {
        var left: Int
        var isReached = false
        var isWoken = false
    }

    private let step: OutboxRelay.Step
    private let state: Mutex<State>

    /// - Parameter time: At which time that the relay comes to the step, from 1.
    init(at step: OutboxRelay.Step, time: Int = 1) {
        self.step = step
        state = Mutex(State(left: time))
    }

    var isReached: Bool { state.withLock { $0.isReached } }

    func wake() { state.withLock { $0.isWoken = true } }

    /// What the relay is given.
    func observe(_ step: OutboxRelay.Step) async throws {
        guard step == self.step else { return }
        let stops = state.withLock { state in
            state.left -= 1
            if state.left == 0 { state.isReached = true }
            return state.left == 0
        }
        while stops, !state.withLock({ $0.isWoken }) { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// Short, so that tests need not wait for long.
let shortLease = Duration.seconds(1)

/// A relay that works as the real one does, with a short lease and an observer.
func makeRelay(
    _ outbox: Outbox,
    _ database: Database,
    settings: [String: String] = Broker.settings,
    readiness: Readiness = Readiness(),
    stoppedBy stopper: Stopper?
) -> OutboxRelay {
    OutboxRelay(
        outbox: outbox,
        database: database,
        readiness: readiness,
        leaseLength: shortLease,
        logger: quietest,
        observe: { step in try await stopper?.observe(step) },
        makePublisher: { lease in
            try await KafkaPublisher(settings, transactionalID: "test.outbox.\(lease.outboxID)", logger: quietest)
        }
    )
}

/// A relay whose brokers are the test's own.
func makeRelay(
    _ outbox: Outbox,
    _ database: Database,
    readiness: Readiness = Readiness(),
    leaseLength: Duration = shortLease,
    publisher: @escaping @Sendable ([OutgoingRecord]) async throws -> Void
) -> OutboxRelay {
    OutboxRelay(
        outbox: outbox,
        database: database,
        readiness: readiness,
        leaseLength: leaseLength,
        logger: quietest,
        makePublisher: { _ in PretendedPublisher(body: publisher) }
    )
}

private struct PretendedPublisher: Publisher {
    let body: @Sendable ([OutgoingRecord]) async throws -> Void
    func publish(_ records: [OutgoingRecord]) async throws { try await body(records) }
}
