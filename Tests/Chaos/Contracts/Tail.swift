import Kafka
import Messages
import SuiteTesting

/// Reads on in every topic from where it was.
struct Tail: Sendable {
    private static let patience = Duration.seconds(60)

    private let consumer: BroadcastConsumer

    init(of suite: Suite) throws {
        consumer = try BroadcastConsumer(
            topics: TopicCatalogue.all.map(suite.namespace.name),
            from: .beginning,
            settings: suite.brokerSettings.merging(["fetch.message.max.bytes": "4000000"]) { $1 },
            logger: quietLogger()
        )
    }

    /// What came since the last time, once nothing comes any more.
    func news() async throws -> [Record] {
        let deadline = ContinuousClock.now + Self.patience
        var records: [Record] = []
        var quiet = 0
        while quiet < 3, ContinuousClock.now < deadline {
            let more = try await consumer.poll(upTo: 5_000, patience: .milliseconds(300))
            records += more
            let isCaughtUp = try await consumer.isCaughtUp()
            quiet = more.isEmpty && isCaughtUp ? quiet + 1 : 0
        }
        return records
    }

    func close() async { try? await consumer.close() }
}
