import Egress
import HTTPTypes
import HummingbirdTesting
import Messages
import ProxyTesting
import Sealing
import Testing
import WeCom

@testable import Verifier

/// Logons of identity providers that have proxies of their own.
@Suite(.timeLimit(.minutes(3)), .enabled(if: Bench.isAvailable, "needs a broker and PostgreSQL"))
struct EgressTests {
    @Test("a logon asks WeCom by the identity provider's own proxy, and one that is down fails only its own")
    func proxies() async throws {
        try await Bench.run { bench in
            let user = ConnectProxy.Credentials(user: "bridge", password: "secret")
            let (one, other) = try await (ConnectProxy.start(asking: user), ConnectProxy.start(asking: user))
            let first = try await enterprise(of: bench, by: one)
            let second = try await enterprise(of: bench, by: other)
            for (configuration, proxy) in [(first, one), (second, other)] {
                #expect(try await logOn(to: configuration, in: bench).status == .ok)
                #expect(proxy.paths == ["/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo"])
            }
            await one.stop()
            let refused = try await logOn(to: first, in: bench)
            #expect(try refused.json["reason"] as? String == "wecom_unavailable")
            #expect(try refused.json["whoActs"] as? String == "tenantAdministrator")
            #expect((try refused.json["detail"] as? String)?.contains("proxy") == true)
            #expect(try await logOn(to: second, in: bench).status == .ok)
            var direct = first
            direct.revision = direct.revision.next
            direct.egress = nil
            try await bench.publish(direct)
            #expect(try await logOn(to: direct, in: bench).status == .ok)
            await other.stop()
        }
    }

    private func logOn(
        to configuration: IdentityProviderConfiguration,
        in bench: Bench
    ) async throws -> TestResponse {
        let body = [
            "enterpriseID": configuration.enterpriseID.description, "idpID": configuration.id.description,
            "code": bench.wecom.code(for: .member("ZhangSan")), "schema": "wwauth4151efa784c9324d000002",
            "clientID": "sase",
        ]
        return try await bench.browser.post("/api/v1/logon/wecom-code", json: body)
    }

    private func enterprise(
        of bench: Bench,
        by proxy: ConnectProxy
    ) async throws -> IdentityProviderConfiguration {
        var configuration = try Bench.identityProvider()
        let credentials = HTTPProxy.Credentials(user: "bridge", password: Secret("secret"))
        configuration.egress = EgressProxy(
            host: "127.0.0.1",
            port: proxy.port,
            credentials: try SealingKeys(Bench.sealing).seal(
                credentials.joined,
                context: EgressProxy.context(of: configuration.id)
            )
        )
        try await bench.publish(configuration)
        bench.wecom.show("ZhangSan")
        try await bench.change([Bench.person("ZhangSan", in: configuration)], in: configuration, epoch: 1)
        return configuration
    }
}
