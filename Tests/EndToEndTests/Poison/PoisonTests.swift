import Foundation
import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import SuiteTesting
import Testing

/// What nobody can handle stops nobody (architecture.md §5, invariant 8).
///
/// `BRIDGE_POISONS` says how many records there are of each kind, 26 by default; `BRIDGE_POISON_PEOPLE` how many people
/// each of the 20 tenants has.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct PoisonTests {
    private static let tenants = 20
    private static let ofEachKind = number("BRIDGE_POISONS", 26)
    private static let people = number("BRIDGE_POISON_PEOPLE", 60)
    private static let tooLarge = 2_000_000

    @Test("1,000 poisoned records among the runs of 20 tenants: each is told of once, and nobody else notices")
    func poisoned() async throws {
        try await withJudgedSuite("poison", variables: ["CONFIGURATION_PATIENCE_SECONDS": "1"]) { suite in
            let tenants = try await connectAll(in: suite)
            let forgers = Forgers(
                ofMessages: try await makeForger(in: suite, "messages"),
                ofCommands: try await makeForger(in: suite, "commands"),
                ofPages: try await makeForger(in: suite, "pages"),
                ofPeople: try await makeForger(in: suite, "people"),
                ofChanges: try await makeForger(in: suite, "changes")
            )
            let clock = ContinuousClock()
            let start = clock.now
            async let sent = poison(suite, by: forgers)
            let runs = try await synchronizeAll(tenants, in: suite)
            let seconds = (clock.now - start) / .seconds(1)
            let poisoned = try await sent
            for run in runs { #expect(run.outcome == "succeeded", "\(run.reasons)") }
            let seen = runs.map(\.counts.users.seen).reduce(0, +)

            try await suite.waitUntilAllIsRead()
            _ = try await waitFor("the end of the fetcher's inbox") {
                try await suite.count("select count(*) from fetcher.inbox where state <> 'done'") == 0 ? true : nil
            }
            try await suite.waitUntilAllIsRead()
            let ledger = try await Ledger(of: suite)
            for record in poisoned { expectTold(record, in: ledger) }
            #expect(ledger.repeated == [], "handled more than once")
            try await expectRefusedRows(in: suite)
            for tenant in tenants {
                #expect(try await suite.differences(of: tenant).map(\.description) == [], "\(tenant.title)")
            }
            for service in Suite.Service.allCases {
                #expect(try await suite[service].readiness().status == 200, "\(service.rawValue)")
            }
            print(
                "\(poisoned.count) poisoned records; \(Int(Double(seen) / seconds)) people/s of \(tenants.count) tenants"
            )
        }
    }

    private func connectAll(in suite: Suite) async throws -> [ConnectedTenant] {
        var tenants: [ConnectedTenant] = []
        for number in 1...Self.tenants {
            tenants.append(
                try await suite.connect("tenant\(number)", users: Self.people, departments: 5, seed: number)
            )
        }
        return tenants
    }

    /// Each twice, with changes in between.
    private func synchronizeAll(_ tenants: [ConnectedTenant], in suite: Suite) async throws -> [Registry.Run] {
        try await withThrowingTaskGroup(of: [Registry.Run].self) { group in
            for tenant in tenants {
                group.addTask {
                    let first = try await suite.synchronize(tenant)
                    _ = try await suite.simulator.change(tenant.corp, update: 10, remove: 2, add: 3, move: 4)
                    return [first, try await suite.synchronize(tenant)]
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func makeForger(in suite: Suite, _ name: String) async throws -> Forger {
        let victim = try await suite.connect(name, users: 10, departments: 2)
        #expect(try await suite.synchronize(victim).outcome == "succeeded")
        return Forger(
            tenant: try #require(TenantID(victim.tenant.id)),
            identityProvider: try #require(IdentityProviderID(victim.provider.id)),
            namespace: suite.namespace
        )
    }

    // MARK: Poisoning

    private func poison(_ suite: Suite, by forgers: Forgers) async throws -> [Poisoned] {
        let changes = try await suite.messages(on: TopicCatalogue.directoryChanges)
        let poisons = forgers.poisons(try #require(changes.first).decode(DirectoryChanges.self).incarnation)
        #expect(Set(poisons.map(\.kind)).count >= 12)
        // As much as the brokers take.
        let settings = suite.brokerSettings.merging(["message.max.bytes": "1048588"]) { $1 }
        let producer = try Producer(settings: settings, logger: Logger(label: "poison"))
        try await takeIDs(of: forgers.ofPeople, in: suite)
        for forger in [forgers.ofPages, forgers.ofPeople] { _ = try await producer.send(forger.begin) }
        var sent: [Poisoned] = []
        for number in 0..<Self.ofEachKind {
            for poison in poisons where Double(number) < Double(Self.ofEachKind) * poison.share {
                let run = RunID.make()
                let position = try await producer.send(poison.make(number, run))
                sent.append(Poisoned(poison: poison, run: run, position: position))
            }
            try await fillOutboxes(of: suite)
        }
        _ = try await producer.send(forgers.ofPeople.end)
        #expect(sent.count + Suite.outboxes.count * Self.ofEachKind >= 39 * Self.ofEachKind)
        return sent
    }

    /// Gives the ids of people who are to come to others.
    private func takeIDs(of forger: Forger, in suite: Suite) async throws {
        let ids = (0..<Self.ofEachKind).map { forger.collider($0).description }
        _ = try await suite.query(
            """
            insert into directory.users (idp_id, directory_key, generation, id, tenant_id, external_id, status,
                content_hash, created_at, updated_at)
            select \(forger.identityProvider.description)::uuid, 'taker' || id, 1, id::uuid,
                \(forger.tenant.description)::uuid, 'taker' || id, 1, '', now(), now()
            from unnest(\(ids)::text[]) as id
            """
        )
    }

    /// A row in each outbox that the brokers never take, past all that refuses it before.
    private func fillOutboxes(of suite: Suite) async throws {
        let topic = suite.namespace.name(of: TopicCatalogue.progress)
        for schema in Suite.outboxes {
            _ = try await suite.query(
                """
                insert into \(identifier: schema, "outbox") (topic, key, headers, value)
                values (\(topic), 'large', '[]', convert_to(repeat('x', \(Self.tooLarge)), 'UTF8'))
                """
            )
        }
    }

    // MARK: What became of it

    private func expectTold(_ record: Poisoned, in ledger: Ledger) {
        let (isLetter, isAnswered) = (ledger.reason(of: record) != nil, ledger.isAnswered(record.run))
        let isTold =
            switch record.poison.fate {
            case .letter: isLetter
            case .answer: isAnswered
            case .letterOrAnswer: isLetter || isAnswered
            case .leftOut: true
            }
        #expect(isTold, "\(record.poison.kind) at \(record.position)")
        if let code = ledger.code(of: record) {
            #expect(code == Self.codes[record.poison.kind], "\(record.poison.kind) at \(record.position)")
        }
    }

    /// The reason that a service has to give for each kind.
    private static let codes = [
        "no envelope": "no-envelope", "no value": "no-value", "no JSON": "not-of-its-form",
        "an unknown type": "unknown-type", "another tenant's": "foreign-tenant", "headers of 1 MB": "unknown-type",
        "an unknown kind of run": "not-of-its-form", "an unknown cause": "not-of-its-form",
        "a person that PostgreSQL refuses": "refused-by-database", "a colliding id": "refused-by-database",
        "another tenant's person": "foreign-tenant", "an unknown status": "not-of-its-form",
        "a number beyond all": "not-of-its-form", "a name that PostgreSQL refuses": "refused-by-database",
        "an unknown change": "not-of-its-form",
    ]

    private func expectRefusedRows(in suite: Suite) async throws {
        for schema in Suite.outboxes {
            let rows = try await suite.query("select reason from \(identifier: schema, "outbox_refused")")
            #expect(rows.count == Self.ofEachKind, "\(schema)")
            #expect(try rows.allSatisfy { try !$0.decode(String.self).isEmpty })
        }
    }

    private static func number(_ variable: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap(Int.init) ?? usual
    }
}
