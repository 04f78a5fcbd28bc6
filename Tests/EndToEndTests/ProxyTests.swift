import Foundation
import Kafka
import KafkaTesting
import Logging
import Postgres
import SuiteTesting
import Testing

/// The proxies that cut services off are on the way of everything, and let nothing by when they are cut.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct ProxyTests {
    @Test("a database is found by way of its proxy, and is silent once that swallows")
    func database() async throws {
        let environment = ProcessInfo.processInfo.environment
        var url = try #require(URLComponents(string: environment["DATABASE_URL"] ?? ""))
        let proxy = try await Proxy.before(host: url.host ?? "", port: url.port ?? 5_432)
        (url.host, url.port) = ("127.0.0.1", proxy.port)
        let database = Database(url: url.string ?? "", connections: 1, logger: Logger(label: "proxy"))
        #expect(try await database.run("select 1")[0].decode(Int.self) == 1)
        proxy.swallow()
        let question = Task { try await database.run("select 1") }
        try await Task.sleep(for: .milliseconds(500))
        question.cancel()
        await #expect(throws: (any Error).self) { try await question.value }
        proxy.heal()
        _ = try await waitFor("the database to answer again") {
            try await database.run("select 2").first?.decode(Int.self)
        }
        await database.close()
        await proxy.close()
    }

    @Test("a broker is found by way of its proxy alone, and is silent once that swallows")
    func broker() async throws {
        try await Broker.withTopic("proxied") { topic in
            let port = Broker.bootstrapServers?.split(separator: ":").last.flatMap { Int($0) }
            let proxy = try await Proxy.beforeBroker(host: "127.0.0.1", port: try #require(port))
            let producer = try Producer(
                settings: [
                    "bootstrap.servers": "127.0.0.1:\(proxy.port)", "delivery.timeout.ms": "2000",
                    "message.timeout.ms": "2000",
                ],
                logger: Broker.quiet
            )
            #expect(try await producer.send(OutgoingRecord(topic: topic, value: [1])).offset == 0)
            proxy.swallow()
            await #expect(throws: KafkaError.self) {
                try await producer.send(OutgoingRecord(topic: topic, value: [2]))
            }
            await proxy.close()
        }
    }
}
