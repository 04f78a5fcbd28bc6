import KafkaTesting
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What operators are told of brokers, and of what was told again.
@Suite(
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "needs DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS"),
    .timeLimit(.minutes(5))
)
struct BrokerTests {
    @Test("who has not read what is there is behind by it, and the doctor tells it with what is missing")
    func behind() async throws {
        let ground = try LetterGround()
        try await ground.made {
            try await withRegistry { settings in
                settings.stage.kafka = Broker.settings
                settings.stage.namespace = ground.namespace
            } _: { registry in
                try await ground.write(3)
                let groups = try await registry.send(.get, "operations/lag")
                #expect(groups.status == 200 && groups["items"].array.count == 1, "\(groups.text)")
                let group = groups["items"][0]
                #expect(group["group"].string == LetterGround.consumer && group["hasRead"] == false)
                #expect(group["messages"] == 3 && group["partitions"].array.count == 2)
                let checks = try await registry.send(.get, "operations/doctor")["items"].array
                #expect(checks.contains { $0["check"] == "brokers" && $0["outcome"] == "passed" })
                #expect(checks.contains { $0["check"] == "groups" && $0["outcome"] == "warning" })
                #expect(checks.contains { $0["check"] == "database" && $0["outcome"] == "passed" })
                let missing = checks.filter { $0["check"] == "topics" && $0["outcome"] == "failed" }
                #expect(!missing.isEmpty && missing.allSatisfy { $0["fix"].string?.isEmpty == false })
            }
        }
    }

    @Test("replays are listed newest first, with whose they are, and no other run is")
    func replays() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            var replays: [String] = []
            for kind in ["full", "replay", "replay"] {
                let run = try await registry.startRun(id)
                try await registry.finish(run)
                guard kind == "replay", let text = run["id"].string, let replay = RunID(text) else { continue }
                try await registry.database.run("update registry.runs set kind = 'replay' where id = \(replay)")
                replays.append(text)
            }
            let page = try await registry.send(.get, "operations/replays?limit=1")
            #expect(page.status == 200 && page["items"].array.count == 1, "\(page.text)")
            let next = try await registry.send(.get, "operations/replays?cursor=\(page["nextCursor"].string ?? "")")
            let items = page["items"].array + next["items"].array
            #expect(items.compactMap { $0["run"]["id"].string } == Array(replays.reversed()))
            #expect(items.allSatisfy { $0["tenantName"] == "Acme" && $0["idpName"] == "test_123" })
        }
    }
}
