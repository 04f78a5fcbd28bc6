import BackgroundWork
import Foundation
import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Two registries as real processes, of which one is killed again and again.
@Suite(
    .enabled(
        if: TestDatabase.isAvailable && Broker.isAvailable && RegistryProcess.program != nil,
        "needs DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS and BRIDGE_PROGRAMS"
    ),
    .serialized,
    .timeLimit(.minutes(5))
)
struct KilledRegistryTests {
    private static let providers = 40

    @Test("each due run starts once, by registries whose clocks are an hour apart and of which one is killed")
    func schedule() async throws {
        try await withRegistries([:]) { registry, processes in
            let ids = try await populate(registry)
            for round in 1...3 {
                try await registry.database.run(
                    "update registry.runs set state = 'finished', outcome = 'succeeded' where state <> 'finished'"
                )
                try await registry.database.run(
                    "update registry.identity_providers set next_run_at = now() - interval '1 second'"
                )
                try await waitUntil { try await started(registry) > (round - 1) * ids.count }
                let victim = processes[round % 2]
                victim.kill()
                // The killed one's lease has to run out.
                try await waitUntil {
                    try await hasten(registry)
                    return try await isNothingDue(registry)
                }
                try victim.start()
                let counts = try await registry.database.run(
                    "select count(*) from registry.runs where cause = 'schedule' group by idp"
                ).decode(Int.self)
                #expect(counts == Array(repeating: round, count: ids.count))
            }
            let strange = try await registry.database.run(
                "select 1 from registry.runs where requested_at not between now() - interval '10 minutes' and now()"
            )
            #expect(strange.isEmpty)
        }
    }

    private func populate(_ registry: TestRegistry) async throws -> [IdentityProviderID] {
        let tenant = try await registry.makeTenant()
        var ids: [IdentityProviderID] = []
        for _ in 0..<Self.providers { ids.append(try await registry.makeConnectedProvider(in: tenant)) }
        return ids
    }

    private func started(_ registry: TestRegistry) async throws -> Int {
        try await hasten(registry)
        return try await registry.database.run("select count(*) from registry.runs where cause = 'schedule'")[0]
            .decode(Int.self)
    }

    /// Lets runs start as fast as they can.
    private func hasten(_ registry: TestRegistry) async throws {
        try await registry.database.run(
            "update registry.schedule_pace set per_minute = 60000, rated_at = clock_timestamp()"
        )
    }

    private func isNothingDue(_ registry: TestRegistry) async throws -> Bool {
        try await registry.database.run("select 1 from registry.identity_providers where next_run_at <= now()").isEmpty
    }

    @Test("a notification of each kind arrives, with one id each, while the registries that send it are killed")
    func notifications() async throws {
        try await HookReceiver.run { receiver, url in
            let variables = ["WEBHOOKS_ALLOW_HTTP": "true", "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES": "true"]
            receiver.delay(.milliseconds(150))
            try await withRegistries(variables) { registry, processes in
                let ids = [try await registry.makeConnectedProvider(), try await registry.makeConnectedProvider()]
                for id in ids { try await registry.makeWebhook(url, of: id) }
                for (index, kind) in NotificationKind.choice.enumerated() {
                    for id in ids { try await registry.bring(about: kind, id) }
                    // Somewhere between the arrival and the note that it has arrived.
                    try await waitUntil { receiver.arrivals.count > 2 * index }
                    processes[index % 2].kill()
                    try processes[index % 2].start()
                }
                try await waitUntil {
                    try await registry.database.run("update registry.webhooks set resting_until = null")
                    return try await registry.database.run(
                        "select 1 from registry.deliveries where done_at is null"
                    ).isEmpty
                }
                try await expectOnce(of: ids, receiver.arrivals, registry)
            }
        }
    }

    /// Whether each kind came once for each, by id, and all that came is what was told.
    private func expectOnce(
        of ids: [IdentityProviderID],
        _ arrivals: [HookReceiver.Arrival],
        _ registry: TestRegistry
    ) async throws {
        let byID = Dictionary(grouping: arrivals, by: \.id)
        print("\(arrivals.count) arrivals of \(byID.count) notifications")
        for (id, copies) in byID { #expect(Set(copies.map(\.body)).count == 1, "\(id)") }
        let told = try await registry.database.run("select id::text from registry.notifications").decode(String.self)
        #expect(Set(byID.keys) == Set(told))
        for id in ids {
            let raised = byID.values.compactMap(\.first).map(\.event).filter {
                $0["idpid"].string == id.description && $0["data"]["state"] == "raised"
            }
            let kinds = raised.compactMap { $0["type"].string }.sorted()
            #expect(kinds == NotificationKind.choice.map(CloudEvent.type(of:)).sorted())
        }
    }

    /// Runs a test with two registries, whose clocks are an hour apart where that can be had.
    private func withRegistries(
        _ variables: [String: String],
        _ test: @escaping @Sendable (TestRegistry, [RegistryProcess]) async throws -> Void
    ) async throws {
        let adjust: (inout Settings) -> Void = {
            $0.webhooks = WebhookPolicy(allowsHTTP: true, allowsPrivateAddresses: true)
        }
        try await withRegistry(adjust) { registry in
            let url = registry.settings.databaseURL
            let processes = [
                RegistryProcess(url, name: "one", hoursAhead: 1, variables),
                RegistryProcess(url, name: "two", variables),
            ]
            for process in processes { try process.start() }
            defer { for process in processes { process.kill() } }
            try await test(registry, processes)
            #expect(processes.allSatisfy { $0.isRunning })
        }
    }
}

private func waitUntil(_ condition: () async throws -> Bool) async throws {
    try await eventually("what the test waits for", condition)
}

extension TestRegistry {
    /// The scheduled run of an identity provider, whichever registry starts it.
    private func anybodysRun(_ id: IdentityProviderID) async throws -> JSON {
        let past: SQL =
            "update registry.identity_providers set next_run_at = now() - interval '1 second' where id = \(id)"
        try await database.run(past)
        var run = JSON.null
        try await eventually("the run is started") {
            try await database.run("update registry.schedule_pace set per_minute = 6000, rated_at = clock_timestamp()")
            try await components.startDueRuns()
            run = try await send(.get, "idps/\(id)/runs")["items"][0]
            return run["cause"] == "schedule" && run["state"] == "requested"
        }
        return run
    }

    /// Brings about what a kind of notification tells of, as it comes about.
    func bring(about kind: NotificationKind, _ id: IdentityProviderID) async throws {
        switch kind {
        case .removalsHeld: try await finish(try await startRun(id), .held)
        case .runFailed: try await finish(try await startRun(id), .failed)
        case .runLate:
            let run = try await anybodysRun(id)
            try await age(run, "requested_at", by: 7 * 3_600)
            // Whichever registry looks first.
            try await eventually("the run is late") {
                _ = try await components.schedule.runOnce()
                return try await told(id).contains("run-late raised")
            }
            try await finish(run, .cancelled)
        case .quarantined: for _ in 1...5 { try await finish(try await anybodysRun(id), .failed) }
        case .authorizationLost:
            let providers = components.providers
            try await components.ledger.change { database in
                let provider = try #require(try IdentityProviderStore.lock(id, on: database))
                _ = try providers.revise(provider, by: .system, as: "authorization.revoked", on: database) {
                    $0.authorization = .revoked
                }
            }
        case .rangeNarrowed: try await raise(.rangeNarrowed(entries: 3), of: id)
        case .ping: break
        }
    }
}
