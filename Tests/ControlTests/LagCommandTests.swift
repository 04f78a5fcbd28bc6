import ArgumentParser
import Kafka
import KafkaTesting
import Runtime
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct LagCommandTests {
    @Test("what nobody has read is told as lag, as a sum and by partition")
    func unread() async throws {
        try await DeadGround.with { ground in
            let records = (0..<3).map { _ in OutgoingRecord(topic: ground.topic, value: Array("{}".utf8)) }
            try await ground.producer.send(records)
            let environment = Environment(ground.environment)
            let text = try await LagCommand.parse([]).outcome(environment)
            #expect(text.hasPrefix("\(DeadGround.stage)  \(ground.topic)  3 messages"))
            let each = try await LagCommand.parse(["--partitions"]).outcome(environment)
            #expect(each.split(separator: "\n").count == 3)
            let json = try await LagCommand.parse(["--json"]).outcome(environment)
            #expect(json.contains("\"hasRead\":false") && json.contains("\"messages\":3"))
        }
    }
}
