import ProxyTesting
import SuiteTesting
import Testing

/// Identity providers with proxies of their own: WeCom lets a trusted address belong to one enterprise only.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct EgressTests {
    /// A tenant, its proxy, and the address that leaves it, which alone its corp trusts.
    private struct Enterprise: Sendable {
        let tenant: ConnectedTenant
        let proxy: ConnectProxy
    }

    @Test("every call goes by the right one of two proxies, and a proxy that is down fails only its own")
    func twoProxies() async throws {
        try await withJudgedSuite("egress", variables: ["EGRESS_PRIVATE_NETWORKS": "127.0.0.1/32"]) { suite in
            let one = try await connect("one", by: "127.0.0.2", in: suite)
            let other = try await connect("other", by: "127.0.0.3", in: suite)
            for enterprise in [one, other] {
                #expect(enterprise.proxy.paths.contains("/cgi-bin/agent/get"))
                #expect(try await suite.synchronize(enterprise.tenant).outcome == "succeeded")
                #expect(enterprise.proxy.paths.contains("/cgi-bin/user/list"))
                #expect(!enterprise.proxy.paths.contains("/cgi-bin/auth/getuserinfo"))
                try await logOn(to: enterprise, in: suite)
                #expect(enterprise.proxy.paths.contains("/cgi-bin/auth/getuserinfo"))
                // WeCom alone is ever asked for.
                #expect(Set(enterprise.proxy.targets) == [String(suite.simulator.client.base.dropFirst(7))])
            }
            // Each corp trusts the address of its own proxy alone: no call went by another way.
            let untrusted = try await suite.simulator.refusals(by: 60_020)
            #expect(untrusted == 0)

            await one.proxy.stop()
            let failed = try await suite.synchronize(one.tenant)
            #expect(failed.outcome == "failed")
            #expect(failed.reasons.contains { $0.contains("proxy") }, "\(failed.reasons)")
            await #expect(throws: (any Error).self) { try await logOn(to: one, in: suite) }
            #expect(try await suite.synchronize(other.tenant).outcome == "succeeded")
            try await logOn(to: other, in: suite)

            let healed = try await ConnectProxy.start(port: one.proxy.port, leavingBy: "127.0.0.2", asking: Self.user)
            #expect(try await suite.synchronize(one.tenant).outcome == "succeeded")
            try await logOn(to: one, in: suite)
            await healed.stop()
            await other.proxy.stop()
        }
    }

    private static let user = ConnectProxy.Credentials(user: "bridge", password: "the proxy's password")

    private func connect(_ name: String, by address: String, in suite: Suite) async throws -> Enterprise {
        let corp = try await suite.simulator.makeCorp(users: 50, departments: 5)
        let proxy = try await ConnectProxy.start(leavingBy: address, asking: Self.user)
        try await suite.simulator.set(
            ["trustedAddresses": [.string(address)], "redirectDomain": .string(suite.verifierHost)],
            of: corp.agentID,
            in: corp
        )
        let egress: JSON = [
            "host": "127.0.0.1", "port": .integer(proxy.port),
            "credentials": ["user": .string(Self.user.user), "password": .string(Self.user.password)],
        ]
        let tenant = try await suite.registry.connect(name, toOwnAppOf: corp, egress: egress)
        return Enterprise(tenant: tenant, proxy: proxy)
    }

    private func logOn(to enterprise: Enterprise, in suite: Suite) async throws {
        let person = try await suite.simulator.employees(of: enterprise.tenant.corp, count: 1)[0]
        _ = try await suite.logOn(person, to: enterprise.tenant)
    }
}
