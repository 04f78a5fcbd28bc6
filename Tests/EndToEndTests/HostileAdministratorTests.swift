import Foundation
import SuiteTesting
import Testing

/// Nothing that a tenant's administrator can do is noticed by another tenant (architecture.md §4, invariant 8).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct HostileAdministratorTests {
    /// What an administrator of one tenant has to attack another one with.
    private struct Attacker: Sendable {
        let suite: Suite
        let own: ConnectedTenant
        let victim: ConnectedTenant
        /// Bound to the own tenant.
        let client: TestClient
        /// The same tenant's key that may only look.
        let viewer: TestClient
        /// Another corp, which the administrator rules too.
        let spare: Simulator.Corp

        var provider: String { "/api/v1/idps/\(own.provider.id)" }

        func change(_ fields: JSON) async throws -> Int {
            try await send("PATCH", provider, fields, headers: ["If-Match": "*"])
        }

        /// - Returns: The status; never one that says that something broke.
        @discardableResult
        func send(
            _ method: String,
            _ path: String,
            _ body: JSON,
            headers: [String: String] = [:]
        ) async throws -> Int {
            var headers = headers
            headers["Content-Type"] = "application/json"
            let answer = try await client.send(method, path, headers: headers, body: JSONEncoder().encode(body))
            #expect(answer.status != 500 && answer.status != 502, "\(method) \(path): \(answer.text.prefix(300))")
            return answer.status
        }
    }

    @Test("while a tenant's administrator tries everything, another tenant synchronises and logs on as ever")
    func everything() async throws {
        try await withJudgedSuite("hostile") { suite in
            let victim = try await suite.connect("victim", users: 300, departments: 12)
            let attacker = try await attacker(of: victim, in: suite)
            try await trust(suite.verifierHost, attacker.own.corp, victim.corp, in: suite)
            _ = try await suite.synchronize(victim)
            let person = try await suite.simulator.employees(of: victim.corp, count: 1)[0]
            _ = try await suite.logOn(person, to: victim)
            let before = try await suite.registry.client.json("GET", "/api/v1/idps/\(victim.provider.id)").text

            let attacks: [@Sendable (Attacker) async throws -> Void] = [
                enter, tryForeignSecrets, tryOwnSecrets, askTooMuch, showCodes, changeCorps, useOddProxies, startRuns,
                pry,
            ]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for attack in attacks { group.addTask { try await attack(attacker) } }
                group.addTask { try await self.live(as: victim, person, in: suite) }
                try await group.waitForAll()
            }
            try await live(as: victim, person, in: suite)

            #expect(try await suite.registry.client.json("GET", "/api/v1/idps/\(victim.provider.id)").text == before)
            // Wrong secrets ban the address that they come from.
            let refused = try await suite.simulator.refusals(by: 40_001) + suite.simulator.refusals(by: 40_091)
            #expect(refused <= 15, "\(refused) wrong secrets reached WeCom")
            let app: JSON = [
                "corpID": .string(victim.corp.corpID), "agentID": .integer(victim.corp.agentID),
                "secret": .string(victim.corp.secret),
            ]
            try await suite.registry.change(victim.provider, ["ownApp": app])
        }
    }

    private func attacker(of victim: ConnectedTenant, in suite: Suite) async throws -> Attacker {
        struct Key: Decodable { let key: String }
        let own = try await suite.connect("hostile", users: 60, departments: 5, seed: 9)
        var keys: [String] = []
        for role in ["admin", "viewer"] {
            let body: JSON = [
                "name": .string("hostile \(role)"), "role": .string(role), "tenantID": .string(own.tenant.id),
            ]
            keys.append(try await suite.registry.client.json("POST", "/api/v1/api-keys", body).decode(Key.self).key)
        }
        let base = suite.registry.client.base
        return Attacker(
            suite: suite,
            own: own,
            victim: victim,
            client: TestClient(base, bearer: keys[0]),
            viewer: TestClient(base, bearer: keys[1]),
            spare: try await suite.simulator.makeCorp(users: 20, departments: 3, seed: 5)
        )
    }

    private func trust(_ host: String, _ corps: Simulator.Corp..., in suite: Suite) async throws {
        for corp in corps {
            try await suite.simulator.set(["redirectDomain": .string(host)], of: corp.agentID, in: corp)
        }
    }

    /// Changes, runs and logons, each of which has to succeed.
    private func live(as tenant: ConnectedTenant, _ person: Simulator.Employee, in suite: Suite) async throws {
        for round in 1...3 {
            _ = try await suite.simulator.change(tenant.corp, update: 20, seed: 20 + round)
            let start = ContinuousClock.now
            let run = try await suite.synchronize(tenant)
            #expect(run.outcome == "succeeded", "\(run.reasons)")
            #expect(ContinuousClock.now - start < .seconds(45))
            _ = try await suite.logOn(person, to: tenant)
        }
        #expect(try await suite.differences(of: tenant).map(\.description) == [])
    }
}

/// What the administrator tries.
extension HostileAdministratorTests {
    /// Texts of few characters and many bytes, long constants, long lists.
    @Sendable private func enter(_ attacker: Attacker) async throws {
        let marked = JSON.string("e" + String(repeating: "\u{301}", count: 50_000))
        let fields = "/api/v1/tenants/\(attacker.own.tenant.id)/extended-fields"
        for number in 0..<30 {
            try await attacker.send("POST", fields, ["key": .string("field\(number)"), "label": marked])
            try await attacker.send("POST", fields, ["key": .string("field\(number)"), "label": "x"])
        }
        let constant = JSON.string(String(repeating: "𠀀", count: 1_000))
        let rules = (0..<8).map { number -> JSON in
            ["target": .string("field\(number)"), "kind": "constant", "value": constant]
        }
        let names: JSON = ["target": "displayName", "kind": "direct", "source": "name"]
        _ = try await attacker.change(["mapping": .array(rules + [names])])
        let departments = (1...1_000).map { JSON.integer($0) }
        _ = try await attacker.change(["scope": ["kind": "departments", "departments": .array(departments)]])
        _ = try await attacker.change(["description": marked])
    }

    /// Wrong secrets for the other tenant's enterprise.
    @Sendable private func tryForeignSecrets(_ attacker: Attacker) async throws {
        let corp = attacker.victim.corp
        for number in 0..<30 {
            let app: JSON = [
                "corpID": .string(corp.corpID), "agentID": .integer(corp.agentID),
                "secret": .string("guess \(number)"),
            ]
            let status = try await attacker.change(["ownApp": app])
            #expect(status == 422 || status == 429, "\(status)")
        }
    }

    /// Wrong secrets for the own enterprise, and one of them again and again.
    @Sendable private func tryOwnSecrets(_ attacker: Attacker) async throws {
        for number in 0..<30 {
            let app: JSON = [
                "corpID": .string(attacker.own.corp.corpID), "agentID": .integer(attacker.own.corp.agentID),
                "secret": .string(number % 2 == 0 ? "always the same" : "guess \(number)"),
            ]
            let status = try await attacker.change(["ownApp": app])
            #expect(status == 422 || status == 429, "\(status)")
        }
    }

    /// Preflights and QR codes without end.
    @Sendable private func askTooMuch(_ attacker: Attacker) async throws {
        var statuses: Set<Int> = []
        for _ in 0..<40 {
            statuses.insert(try await attacker.send("POST", "\(attacker.provider)/preflight", [:]))
            statuses.insert(try await attacker.send("POST", "\(attacker.provider)/authorization", [:]))
        }
        #expect(statuses.contains(429))
    }

    /// Codes that WeCom never gave.
    @Sendable private func showCodes(_ attacker: Attacker) async throws {
        let verifier = TestClient("http://\(attacker.suite.verifierHost)")
        let digits = attacker.own.corp.corpID.dropFirst(2).lowercased()
        let schema = "wwauth\(digits)\(String(attacker.own.corp.agentID).suffix(6))"
        let headers = ["Content-Type": "application/json", "X-Forwarded-For": "198.51.100.66"]
        let beginning: JSON = [
            "enterpriseID": .string(attacker.own.tenant.enterpriseID), "idpID": .string(attacker.own.provider.id),
            "schema": .string(schema), "clientID": "sase-client", "codeChallenge": .string(Self.challenge),
        ]
        for number in 0..<120 {
            struct Begun: Decodable { let state, ticket: String }
            let answer = try await verifier.send(
                "POST",
                "/api/v1/logon/wecom-state",
                headers: headers,
                body: JSONEncoder().encode(beginning)
            )
            // Others have another corp behind it meanwhile, with another schema.
            guard answer.status == 200 else { continue }
            let begun = try answer.decode(Begun.self)
            let body: JSON = [
                "code": .string("code\(number)"), "state": .string(begun.state), "ticket": .string(begun.ticket),
                "codeVerifier": .string(Self.codeVerifier), "clientID": "sase-client",
            ]
            let refused = try await verifier.send(
                "POST",
                "/api/v1/logon/wecom-code",
                headers: headers,
                body: JSONEncoder().encode(body)
            )
            #expect([400, 403, 429, 503].contains(refused.status))
        }
    }

    /// RFC 7636, appendix B.
    private static let codeVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    /// Another corp behind the identity provider, and back.
    @Sendable private func changeCorps(_ attacker: Attacker) async throws {
        for corp in [attacker.spare, attacker.own.corp] {
            let app: JSON = [
                "corpID": .string(corp.corpID), "agentID": .integer(corp.agentID), "secret": .string(corp.secret),
            ]
            _ = try await attacker.change(["ownApp": app])
            try await attacker.send("POST", "\(attacker.provider)/runs", [:])
        }
    }

    /// Proxies on this machine and beside it, and one where nothing answers.
    @Sendable private func useOddProxies(_ attacker: Attacker) async throws {
        for host in ["127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "[::1]", "http://127.0.0.1"] {
            #expect(try await attacker.change(["egress": ["host": .string(host), "port": 5_432]]) == 400)
        }
        for host in ["localhost", "203.0.113.1", "2130706433"] {
            #expect(try await attacker.change(["egress": ["host": .string(host), "port": 5_432]]) == 200)
            for _ in 0..<3 { try await attacker.send("POST", "\(attacker.provider)/runs", [:]) }
        }
        #expect(try await attacker.change(["egress": nil]) == 200)
    }

    @Sendable private func startRuns(_ attacker: Attacker) async throws {
        for _ in 0..<60 { try await attacker.send("POST", "\(attacker.provider)/runs", [:]) }
    }

    /// The other tenant's things, by their ids.
    @Sendable private func pry(_ attacker: Attacker) async throws {
        let theirs = "/api/v1/idps/\(attacker.victim.provider.id)"
        for path in [theirs, "\(theirs)/revisions", "\(theirs)/authorization", "\(theirs)/runs"] {
            #expect(try await attacker.client.send("GET", path).status == 404, "\(path)")
            #expect(try await attacker.viewer.send("GET", path).status == 404, "\(path)")
        }
        for path in ["\(theirs)/preflight", "\(theirs)/runs", "\(theirs)/authorization"] {
            #expect(try await attacker.send("POST", path, [:]) == 404, "\(path)")
        }
        #expect(try await attacker.send("PATCH", theirs, ["status": "closed"], headers: ["If-Match": "*"]) == 404)
        #expect(try await attacker.viewer.send("POST", "\(attacker.provider)/preflight").status == 403)
    }
}
