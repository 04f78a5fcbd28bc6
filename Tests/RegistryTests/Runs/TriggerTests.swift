import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Which causes start a run in which state of an identity provider.
struct TriggerTests {
    /// What an identity provider may be like.
    enum State: CaseIterable, Sendable {
        case usual, byHand, departmentsOnly, quarantined, closed, notConnected, revoked, deleted

        var provider: IdentityProvider {
            get throws {
                var provider = try TimetableTests.provider()
                switch self {
                case .usual: break
                case .byHand: provider.configuration.automaticSynchronization = false
                case .departmentsOnly: provider.configuration.synchronizesUsers = false
                case .quarantined: provider.quarantine = Quarantine(since: .now, reason: "", failures: 5)
                case .closed: provider.configuration.status = .closed
                case .notConnected: provider.configuration.connection = nil
                case .revoked: provider.configuration.authorization = .revoked
                case .deleted: provider.configuration.status = .deleted
                }
                return provider
            }
        }
    }

    /// The states in which each starts a run.
    private static let table: [Trigger: Set<State>] = [
        .schedule: [.usual, .departmentsOnly, .quarantined],
        .connection: [.usual, .departmentsOnly, .quarantined],
        .reopening: [.usual, .departmentsOnly, .quarantined],
        .automation: [.usual, .departmentsOnly, .quarantined],
        .authorizationChange: [.usual, .departmentsOnly, .quarantined],
        .event: [.usual, .departmentsOnly],
        .settings: [],
        .manual: [.usual, .byHand, .departmentsOnly, .quarantined],
        .release: [.usual, .byHand, .departmentsOnly, .quarantined],
        .decision: [.usual, .byHand, .departmentsOnly, .quarantined],
        .confirmation: [.usual, .byHand, .departmentsOnly, .quarantined],
        .restart: [.usual, .byHand, .departmentsOnly, .quarantined],
        .deletion: Set(State.allCases),
    ]

    @Test("the policy is as the table says", arguments: Trigger.allCases, State.allCases)
    func policy(trigger: Trigger, state: State) throws {
        let provider = try state.provider
        let kind: RunSync.Kind = trigger == .deletion ? .delete : .full
        let starts = trigger.obstacle(of: provider, to: kind) == nil
        #expect(starts == (try #require(Self.table[trigger])).contains(state))
    }

    @Test("people are read where the settings or somebody say so", arguments: Trigger.allCases)
    func work(trigger: Trigger) throws {
        let provider = try State.departmentsOnly.provider
        #expect(trigger.work(nil, of: provider) == .departments)
        let isOwnWord = [.manual, .release, .decision, .confirmation, .restart, .deletion].contains(trigger)
        #expect(trigger.work(.full, of: provider) == (isOwnWord ? .full : .departments))
        #expect(trigger.work(.full, of: try State.usual.provider) == .full)
    }

    @Test("a change of the configuration calls for what it brings about")
    func changes() throws {
        let usual = try State.usual.provider.configuration
        var (closed, byHand, pending, other, renamed) = (usual, usual, usual, usual, usual)
        closed.status = .closed
        byHand.automaticSynchronization = false
        pending.authorization = .pending
        other.generation = usual.generation.next
        renamed.description = "y"
        #expect(Trigger(from: nil, to: usual) == .connection)
        #expect(Trigger(from: pending, to: usual) == .connection)
        #expect(Trigger(from: usual, to: other) == .connection)
        #expect(Trigger(from: closed, to: usual) == .reopening)
        #expect(Trigger(from: byHand, to: usual) == .automation)
        #expect(Trigger(from: usual, to: renamed) == .settings)
        #expect(Trigger(from: usual, to: closed) == .settings)
        #expect(Trigger(from: nil, to: pending) == .settings)
    }
}

/// The same through the API and WeCom's events.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct StartedRunTests {
    private static let app: JSON = ["corpID": "ww1e933be11645237c", "agentID": 1_000_002, "secret": "s"]

    @Test("an own app gets its first run as soon as it is connected, and no other for a change of its secret")
    func ownApp() async throws {
        try await withProvider { registry, _ in
            let made = try await registry.makeProvider(["ownApp": Self.app])
            #expect(try await registry.lastCommand().cause == .authorization)
            let later = try await registry.makeProvider()
            try await registry.patch(later, ["ownApp": Self.app])
            let other: JSON = ["corpID": "ww1e933be11645237c", "agentID": 1_000_002, "secret": "t"]
            try await registry.patch(later, ["ownApp": other])
            let commands = try await registry.published(TopicCatalogue.commands)
            #expect(commands.map(\.key) == [made.description, later.description])
        }
    }

    @Test("a reopened identity provider, and one that is set to be synchronised by itself, run at once")
    func reopened() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            try await registry.patch(id, ["status": "enabled"])
            #expect(try await registry.lastCommand().cause == .settings)
            let other = try await registry.makeConnectedProvider(["automaticSynchronization": false])
            #expect(try await registry.count("runs") == 1)
            try await registry.patch(other, ["description": "y", "cycleHours": 3])
            #expect(try await registry.count("runs") == 1)
            try await registry.patch(other, ["automaticSynchronization": true])
            #expect(try await registry.published(TopicCatalogue.commands).last?.key == other.description)
        }
    }

    @Test("what is synchronised by hand only is started by no event, no change and no connection")
    func byHand() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeConnectedProvider(["automaticSynchronization": false])
            try await registry.push(Provider.corpEvent("change_auth"))
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            try await registry.patch(id, ["status": "enabled"])
            _ = try await registry.makeProvider(["ownApp": Self.app, "automaticSynchronization": false])
            #expect(try await registry.count("runs") == 0)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().cause == .manual)
        }
    }

    @Test("a dry run is marked so, joins no other, is no run's basis, and leaves nothing to decide about")
    func dryRun() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let first = try await registry.startRun(id)
            let dry = try await registry.send(.post, "idps/\(id)/runs", ["dryRun": true]).json
            let next = try await registry.startRun(id)
            #expect(dry["dryRun"] == true)
            #expect(next["dryRun"] == false)
            #expect(next["id"] != dry["id"])
            try await registry.finish(first)
            #expect(try await registry.lastCommand().isDryRun)
            #expect(try await registry.lastCommand().basis == nil)
            try await registry.finish(dry, .held, removed: 3)
            #expect(try await registry.send(.post, "runs/\(dry["id"].string ?? "")/approve").problem == "dry-run")
            let command = try await registry.lastCommand()
            #expect(!command.isDryRun)
            #expect(command.basis.map { Int($0.rawValue) } == first["epoch"].integer)
            #expect(try await registry.count("notifications") == 0)
        }
    }

    @Test("the same Idempotency-Key for a run and its dry run are two requests")
    func dryRunKey() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.startRun(id, key: "k")
            let answer = try await registry.send(
                .post,
                "idps/\(id)/runs",
                ["dryRun": true],
                headers: ["Idempotency-Key": "k"]
            )
            #expect(answer.problem == "idempotency-key-reused")
        }
    }
}
