import Foundation
import Messages
import ProgramTesting
import SuiteTesting
import Testing

/// A Python that has the testers, and one that has a Kafka client.
private enum Python {
    static let testers = ProcessInfo.processInfo.environment["SCIM_PYTHON"]
    static let consumer = ProcessInfo.processInfo.environment["CONTRACTS_PYTHON"]
}

/// Others read the directory by SCIM and follow its changes, with programs that know nothing of us.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(
        if: SuiteGround.isAvailable && Python.testers != nil && Python.consumer != nil,
        "compose/local test gives broker, database, programs, and Pythons with SCIM testers and a Kafka client"
    )
)
struct SCIMClientTests {
    /// A person, as the example of docs/consumers.md prints one.
    private struct Person: Codable, Equatable {
        let userID: String
        let name: String?
        let active: Bool
    }

    private struct Page: Decodable {
        struct User: Decodable {
            let id: String
            let externalId: String
            let displayName: String?
            let active: Bool
        }

        let Resources: [User]
        let nextCursor: String?
    }

    private struct Key: Decodable {
        let key: String
    }

    @Test("testers of SCIM servers are content, and who begins in the middle of a run knows everybody in the end")
    func clients() async throws {
        try await withJudgedSuite("scim", starting: [.registry, .fetcher, .mapper, .writer]) { suite in
            let connected = try await suite.connect("scim", users: 120, departments: 8)
            let other = try await suite.connect("other", users: 5, departments: 1, seed: 9)
            let run = try await suite.registry.startRun(of: connected.provider)
            let key = try await makeKey(of: connected, in: suite)
            let scim = TestClient(suite.directory.client.base + "/scim/v2", bearer: key.key)
            let consumer = try ForeignProgram(
                try #require(Python.consumer),
                ["-c", try example()],
                [
                    "KAFKA_BOOTSTRAP_SERVERS": suite.brokers, "TOPIC_PREFIX": suite.namespace.prefix,
                    "GROUP": suite.namespace.group("example"), "SCIM_URL": scim.base, "SCIM_TOKEN": key.key,
                    "TENANT": connected.tenant.id,
                ]
            )
            defer { consumer.end() }
            #expect(try await suite.registry.waitForEnd(of: run).outcome == "succeeded")
            #expect(try await suite.synchronize(other).outcome == "succeeded")
            _ = try await suite.simulator.change(connected.corp, update: 20, remove: 3, add: 4, seed: 5)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")

            let truth = try await people(scim)
            #expect(truth.count == 124 && truth.values.contains { !$0.active })
            _ = try await waitFor("the consumer to know everybody") {
                try known(consumer.output) == truth ? true : nil
            }
            try await testers(scim, key)
            let stranger = TestClient(scim.base, bearer: "wbk_" + String(repeating: "x", count: 32))
            #expect(try await stranger.send("GET", "/Users").status == 401)
            let everybody = TestClient(scim.base, bearer: suite.registry.client.bearer)
            #expect(try await everybody.send("GET", "/Users").status == 403)
            for (path, status) in [
                ("/Users?count=2&attributes=userName", 200), ("/Groups?cursor=", 200), ("/Users?filter=x", 400),
            ] {
                #expect(try await scim.send("GET", path).status == status)
            }
        }
    }

    /// A key of the registry's for the tenant.
    private func makeKey(of connected: ConnectedTenant, in suite: Suite) async throws -> Key {
        try await suite.registry.client.json(
            "POST",
            "/api/v1/api-keys",
            ["name": "SCIM", "role": "viewer", "tenantID": .string(connected.tenant.id)] as JSON
        ).decode(Key.self)
    }

    private func testers(_ scim: TestClient, _ key: Key) async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "SCIMClients")
        let task = try JSONEncoder().encode(["url": scim.base, "token": key.key])
        let (status, output) = try await ForeignProgram.run(
            try #require(Python.testers),
            ["-B", folder.appending(path: "conformance.py").path],
            input: task
        )
        #expect(status == 0, "\(output)")
    }

    private func people(_ scim: TestClient) async throws -> [String: Person] {
        var (people, next): ([String: Person], String?) = ([:], "")
        while let cursor = next {
            let page = try await scim.json("GET", "/Users?count=50&cursor=\(cursor)").decode(Page.self)
            for user in page.Resources {
                people[user.id] = Person(userID: user.externalId, name: user.displayName, active: user.active)
            }
            next = page.nextCursor
        }
        return people
    }

    /// What the example's lines say last of each person.
    private func known(_ output: String) throws -> [String: Person] {
        try output.split(separator: "\n").reduce(into: [:]) { people, line in
            let (id, person) = try JSONDecoder().decode(Line.self, from: Data(line.utf8)).parts
            people[id] = person
        }
    }

    private struct Line: Decodable {
        let parts: (id: String, person: Person?)

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            parts = (try container.decode(String.self), try container.decodeIfPresent(Person.self))
        }
    }

    private func example() throws -> String {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/consumers.md")
        let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```python\n")
        return try #require(parts.last?.components(separatedBy: "```").first)
    }
}
