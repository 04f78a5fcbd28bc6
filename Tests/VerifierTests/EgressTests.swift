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
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs a broker and PostgreSQL"))
struct EgressTests {
    @Test("a logon asks WeCom by the identity provider's own proxy, and one that is down fails only its own")
    func proxies() async throws {
        try await Bench.run { bench in
            let user = ConnectProxy.Credentials(user: "bridge", password: "secret")
            let (one, other) = try await (ConnectProxy.start(asking: user), ConnectProxy.start(asking: user))
            let first = try await enterprise(of: bench, by: one)
            let second = try await enterprise(of: bench, by: other)
            for (configuration, proxy) in [(first, one), (second, other)] {
                #expect(try await bench.nativeLogon(to: configuration).status == .ok)
                #expect(proxy.paths == ["/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo"])
            }
            await one.stop()
            let refused = try await bench.nativeLogon(to: first)
            #expect(try refused.json["reason"] as? String == "wecom_unavailable")
            #expect(try refused.json["whoActs"] as? String == "tenantAdministrator")
            #expect(!refused.text.contains("proxy"))
            let id = try #require(try refused.json["diagnosisID"] as? String)
            #expect(try await bench.diagnosis(id).explanation.contains("proxy"))
            #expect(try await bench.nativeLogon(to: second).status == .ok)
            var direct = first
            direct.revision = direct.revision.next
            direct.egress = nil
            try await bench.publish(direct)
            #expect(try await bench.nativeLogon(to: direct).status == .ok)
            await other.stop()
        }
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
