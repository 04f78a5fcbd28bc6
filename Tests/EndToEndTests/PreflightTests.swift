import ProxyTesting
import SuiteTesting
import Testing

/// A preflight names what is wrong with a set-up, who mends it, and how.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct PreflightTests {
    /// One check of a report.
    struct Check: Decodable, Sendable {
        let name: String
        let outcome: String
        let finding: String
        let fix: String?
        let whoActs: String?
    }

    /// What a preflight says.
    struct Report: Decodable, Sendable {
        let isComplete: Bool
        let callerAddress: String?
        let checks: [Check]

        /// The checks that did not pass, though they apply and could be looked at.
        var troubles: [Check] { checks.filter { $0.outcome == "failed" || $0.outcome == "warning" } }
    }

    /// What a set-up is broken in.
    struct Ground: Sendable {
        let suite: Suite
        let corp: Simulator.Corp
        let provider: Registry.IdentityProvider

        func app(_ fields: JSON) async throws {
            try await suite.simulator.set(fields, of: corp.agentID, in: corp)
        }

        func settings(_ fields: JSON) async throws { try await suite.registry.change(provider, fields) }

        func range(_ fields: JSON) async throws {
            try await suite.simulator.client.json("PUT", "/control/corps/\(corp.corpID)/visible-range", fields)
        }
    }

    /// A set-up that is broken on purpose, and what the first trouble has to be.
    struct BrokenSetUp: Sendable {
        let what: String
        let check: String
        var outcome = "failed"
        let actor: String
        /// What the fix has to say.
        let fix: String
        let spoil: @Sendable (Ground) async throws -> Void
    }

    /// Fields that everybody in the simulator has.
    private static let mapping: JSON = [
        "mapping": [
            ["target": "username", "kind": "direct", "source": "userid"],
            ["target": "displayName", "kind": "direct", "source": "name"],
            ["target": "email", "kind": "direct", "source": "email"],
            ["target": "mobile", "kind": "direct", "source": "mobile"],
        ]
    ]

    private static let all = ["user_name", "department_name", "mobile", "email", "position", "telephone", "extattr"]

    private static func permissions(without missing: String...) -> JSON {
        ["permissions": .array(all.filter { !missing.contains($0) }.map { .string($0) })]
    }

    static let setUps = [
        BrokenSetUp(
            what: "the secret was reset in WeCom",
            check: "token",
            actor: "enterpriseAdministrator",
            fix: "copy its secret again"
        ) { try await $0.app(["secret": "another-secret-of-the-app"]) },
        BrokenSetUp(
            what: "the app is disabled in WeCom",
            check: "token",
            actor: "enterpriseAdministrator",
            fix: "check that the app is enabled"
        ) { try await $0.app(["closed": true]) },
        BrokenSetUp(
            what: "WeCom knows no such corp any more",
            check: "token",
            actor: "enterpriseAdministrator",
            fix: "Copy the corp ID"
        ) { try await $0.suite.simulator.client.json("DELETE", "/control/corps/\($0.corp.corpID)") },
        BrokenSetUp(
            what: "the secret is another app's",
            check: "app",
            actor: "enterpriseAdministrator",
            fix: "the same app"
        ) { ground in
            try await ground.suite.simulator.client.json(
                "PUT",
                "/control/corps/\(ground.corp.corpID)/apps/\(ground.corp.agentID)",
                ["secret": "a-new-secret-of-the-first-app"] as JSON
            )
            try await ground.suite.simulator.set(
                ["secret": .string(ground.corp.secret)],
                of: ground.corp.agentID + 1,
                in: ground.corp
            )
        },
        BrokenSetUp(
            what: "WeCom does not trust the address",
            check: "callerAddress",
            actor: "enterpriseAdministrator",
            fix: "Add 127.0.0.1 to the app's trusted IPs"
        ) { try await $0.app(["trustedAddresses": ["192.0.2.7"]]) },
        BrokenSetUp(
            what: "the app has no trusted domain",
            check: "trustedDomain",
            actor: "enterpriseAdministrator",
            fix: "Enter logon.example.com"
        ) { try await $0.app(["redirectDomain": ""]) },
        BrokenSetUp(
            what: "the app trusts another host than the logon page's",
            check: "trustedDomain",
            actor: "enterpriseAdministrator",
            fix: "Enter logon.example.com"
        ) { try await $0.app(["redirectDomain": "logon.example.com:8443"]) },
        BrokenSetUp(
            what: "the app sees nobody",
            check: "visibleRange",
            actor: "enterpriseAdministrator",
            fix: "visible range"
        ) { try await $0.range(["departments": [], "users": [], "tags": []]) },
        BrokenSetUp(
            what: "a department that is to be synchronised is outside the visible range",
            check: "visibleRange",
            actor: "enterpriseAdministrator",
            fix: "take them out of the identity provider's scope"
        ) { try await $0.settings(["scope": ["kind": "departments", "departments": [1, 999_999]]]) },
        BrokenSetUp(
            what: "WeCom gives no names",
            check: "readableFields",
            actor: "enterpriseAdministrator",
            fix: "the secret is that of an app"
        ) { try await $0.app(Self.permissions(without: "user_name")) },
        BrokenSetUp(
            what: "WeCom gives no names of departments",
            check: "readableFields",
            actor: "enterpriseAdministrator",
            fix: "department_name"
        ) { try await $0.app(Self.permissions(without: "department_name")) },
        BrokenSetUp(
            what: "WeCom gives no mobile numbers, and the mapping asks for them",
            check: "readableFields",
            outcome: "warning",
            actor: "tenantAdministrator",
            fix: "June 2022"
        ) { try await $0.app(Self.permissions(without: "mobile")) },
        BrokenSetUp(
            what: "no rule fills the names",
            check: "mapping",
            actor: "tenantAdministrator",
            fix: "a rule whose source can be read"
        ) { try await $0.settings(["mapping": [["target": "username", "kind": "direct", "source": "userid"]]]) },
        BrokenSetUp(
            what: "the schema is another app's",
            check: "schema",
            actor: "tenantAdministrator",
            fix: "null where it can be worked out"
        ) { ground in
            let digits = ground.corp.corpID.dropFirst(2).lowercased()
            try await ground.settings(["schema": .string("wwauth\(digits)999999")])
        },
        BrokenSetUp(
            what: "the proxy is down",
            check: "egress",
            actor: "tenantAdministrator",
            fix: "check that the proxy runs"
        ) { ground in
            let proxy = try await ConnectProxy.start()
            try await ground.settings(["egress": ["host": "127.0.0.1", "port": .integer(proxy.port)]])
            await proxy.stop()
        },
        BrokenSetUp(
            what: "the proxy asks for a password",
            check: "egress",
            actor: "tenantAdministrator",
            fix: "user and password"
        ) { ground in
            let proxy = try await ConnectProxy.start(asking: .init(user: "ann", password: "secret"))
            try await ground.settings(["egress": ["host": "127.0.0.1", "port": .integer(proxy.port)]])
        },
    ]

    @Test("each of sixteen broken set-ups of an own app is named, with who mends it, and how")
    func ownApps() async throws {
        let variables = ["EGRESS_PRIVATE_NETWORKS": "127.0.0.0/8", "LOGON_URL": "https://logon.example.com"]
        try await withJudgedSuite("preflight", variables: variables, starting: [.registry]) { suite in
            for setUp in Self.setUps {
                // Each has an address of its own, or the next one would be warned of it.
                let ground = try await ground(in: suite)
                #expect(try await report(of: ground.provider, in: suite).troubles.map(\.name) == [], "\(setUp.what)")
                try await setUp.spoil(ground)
                let report = try await report(of: ground.provider, in: suite)
                let found = report.troubles.first
                let told = report.checks.map { "\($0.name) \($0.outcome): \($0.finding) \($0.fix ?? "")" }
                #expect(found?.name == setUp.check, "\(setUp.what): \(told)")
                #expect(found?.outcome == setUp.outcome, "\(setUp.what): \(told)")
                #expect(found?.whoActs == setUp.actor, "\(setUp.what): \(told)")
                #expect(found?.fix?.lowercased().contains(setUp.fix.lowercased()) == true, "\(setUp.what): \(told)")
                try await suite.registry.delete(ground.provider)
            }
        }
    }

    @Test("what is broken about a provider's app is named: no authorization, no callbacks, an app not published")
    func providerApps() async throws {
        try await withJudgedSuite("preflight_provider", starting: [.registry]) { suite in
            let corp = try await suite.simulator.makeCorp(users: 30, departments: 4)
            let tenant = try await suite.registry.makeTenant("custom")
            let blank = try await suite.registry.makeIdentityProvider(of: tenant, name: "blank", description: "x")
            let unconnected = try await report(of: blank, in: suite)
            #expect(unconnected.troubles.first?.name == "connection")
            #expect(unconnected.troubles.first?.fix?.contains("QR code") == true)
            let connected = try await suite.registry.connect(
                "custom",
                to: corp,
                in: suite.simulator,
                redirectHost: "logon.example.com"
            )
            try await suite.registry.change(connected.provider, Self.mapping)
            let whole = try await report(of: connected.provider, in: suite)
            #expect(whole.troubles.map(\.name) == [], "\(whole.checks)")
            #expect(whole.callerAddress == "127.0.0.1")
            try await suite.simulator.set(["publishStatus": 0], of: connected.agentID, in: corp)
            let unpublished = try await report(of: connected.provider, in: suite).troubles.first
            #expect(unpublished?.name == "app")
            #expect(unpublished?.whoActs == "operator")
            try await suite.simulator.set(
                ["publishStatus": 2, "trustedAddresses": ["192.0.2.7"]],
                of: connected.agentID,
                in: corp
            )
            let untrusted = try await report(of: connected.provider, in: suite).troubles.first
            #expect(untrusted?.name == "callerAddress")
            #expect(untrusted?.whoActs == "operator")
            #expect(untrusted?.fix?.contains("provider console") == true)
        }
        // WeCom signs with another token than this registry knows: nothing that it pushes is taken.
        let deaf = ["WECOM_CALLBACK_TOKEN": "anotherToken"]
        try await withJudgedSuite("preflight_deaf", variables: deaf, starting: [.registry]) { suite in
            let tenant = try await suite.registry.makeTenant("deaf")
            let blank = try await suite.registry.makeIdentityProvider(of: tenant, name: "blank", description: "x")
            let troubles = try await report(of: blank, in: suite).troubles
            #expect(troubles.map(\.name) == ["connection", "callbacks", "suiteTicket"])
            #expect(troubles.dropFirst().allSatisfy { $0.whoActs == "operator" })
            #expect(troubles[1].fix?.contains("/wecom/callback/command") == true)
        }
    }

    @Test("two enterprises whose own apps are called from one address are warned of each other, unnamed")
    func neighbours() async throws {
        try await withJudgedSuite("preflight_neighbours", starting: [.registry]) { suite in
            let one = try await suite.simulator.makeCorp(users: 20, departments: 3)
            let other = try await suite.simulator.makeCorp(users: 20, departments: 3)
            for corp in [one, other] {
                try await suite.simulator.set(["redirectDomain": "logon.example.com"], of: corp.agentID, in: corp)
            }
            let first = try await suite.registry.connect("one", toOwnAppOf: one)
            try await suite.registry.change(first.provider, Self.mapping)
            #expect(try await report(of: first.provider, in: suite).troubles.map(\.name) == [])
            _ = try await suite.registry.connect("other", toOwnAppOf: other)
            let warned = try await report(of: first.provider, in: suite).troubles.first
            #expect(warned?.name == "callerAddress")
            #expect(warned?.outcome == "warning")
            #expect(warned?.fix?.contains("egress") == true)
            #expect(warned?.finding.contains(other.corpID) == false)
        }
    }

    @Test("a WeCom that is slow costs no more than the time that there is, and what is known is told")
    func slow() async throws {
        try await withJudgedSuite("preflight_slow", starting: [.registry]) { suite in
            let corp = try await suite.simulator.makeCorp(users: 20, departments: 3)
            let connected = try await suite.registry.connect("slow", toOwnAppOf: corp)
            try await suite.simulator.order(["path": "user/get", "kind": "delay", "seconds": 60])
            let start = ContinuousClock.now
            let report = try await report(of: connected.provider, in: suite)
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(!report.isComplete)
            let outcomes = Dictionary(uniqueKeysWithValues: report.checks.map { ($0.name, $0.outcome) })
            #expect(outcomes["token"] == "passed")
            #expect(outcomes["visibleRange"] == "passed")
            #expect(outcomes["readableFields"] == "unknown")
            #expect(outcomes["mapping"] == "unknown")
        }
    }

    private func ground(in suite: Suite) async throws -> Ground {
        let corp = try await suite.simulator.client.json(
            "POST",
            "/control/corps",
            ["users": 30, "departments": 4, "ownApps": 2] as JSON
        ).decode(Simulator.Corp.self)
        try await suite.simulator.set(["redirectDomain": "logon.example.com"], of: corp.agentID, in: corp)
        let connected = try await suite.registry.connect("setup", toOwnAppOf: corp)
        try await suite.registry.change(connected.provider, Self.mapping)
        return Ground(suite: suite, corp: corp, provider: connected.provider)
    }

    private func report(of provider: Registry.IdentityProvider, in suite: Suite) async throws -> Report {
        try await suite.registry.client.json("POST", "/api/v1/idps/\(provider.id)/preflight", [:] as JSON)
            .decode(Report.self)
    }
}
