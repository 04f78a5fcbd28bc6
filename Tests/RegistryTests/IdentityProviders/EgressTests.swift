import Egress
import Messages
import PostgresTesting
import ProxyTesting
import Runtime
import Sealing
import Testing
import WeCom

@testable import Registry

/// An identity provider's own proxy, as administrators set it.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct EgressTests {
    private static let app: JSON = ["corpID": "ww1e933be11645237c", "agentID": 1_000_002, "secret": "own-secret"]
    private static let proxy: JSON = [
        "host": "Proxy.example.com", "port": 3_128, "credentials": ["user": "ann", "password": "pass:word"],
    ]

    @Test("a proxy is told to every service with its credentials sealed, and never shown with them")
    func sealed() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider(["egress": Self.proxy])
            let seen = try await registry.send(.get, "idps/\(id)")
            #expect(seen["egress"] == ["host": "proxy.example.com", "port": 3_128, "hasCredentials": true])
            let told = try #require(try await registry.configuration().egress)
            let opened = try TestRegistry.sealingKeys.open(
                try #require(told.credentials),
                context: EgressProxy.context(of: id)
            )
            #expect(opened.withValue { $0 } == "ann:pass:word")
            let proxy = try #require(
                try HTTPProxy.of(try await registry.configuration(), openedBy: TestRegistry.sealingKeys)
            )
            #expect(proxy.credentials == HTTPProxy.Credentials(user: "ann", password: Secret("pass:word")))
            for path in ["idps/\(id)", "idps/\(id)/revisions", "audit"] {
                let text = try await registry.send(.get, path).text
                #expect(!text.contains("pass:word") && !text.contains("v1.k1."), "\(path)")
            }
        }
    }

    @Test("credentials stay while host and port do, are replaced, taken away, and the proxy taken back")
    func changes() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider(["egress": Self.proxy])
            let sealed = try await registry.configuration().egress?.credentials
            let same: JSON = ["egress": ["host": "proxy.example.com", "port": 3_128]]
            #expect(try await registry.patch(id, same)["egress"]["hasCredentials"] == true)
            #expect(try await registry.configuration().egress?.credentials == sealed)
            try await registry.patch(id, ["egress": Self.proxy])
            let changes = try await registry.send(.get, "idps/\(id)/revisions")["items"][0]["changes"]
            #expect(changes["egressCredentials"]["to"] == "replaced")
            let other: JSON = ["egress": ["host": "proxy.example.com", "port": 3_129]]
            #expect(try await registry.patch(id, other)["egress"]["hasCredentials"] == false)
            try await registry.patch(id, ["egress": Self.proxy])
            let open: JSON = ["egress": ["host": "proxy.example.com", "port": 3_128, "credentials": nil]]
            #expect(try await registry.patch(id, open)["egress"]["hasCredentials"] == false)
            #expect(try await registry.patch(id, ["egress": nil])["egress"] == .null)
            #expect(try await registry.configuration().egress == nil)
            #expect(try await registry.patch(id, ["name": "renamed"])["egress"] == .null)
        }
    }

    @Test(
        "a proxy has a name or address, a port, and a user without a colon",
        arguments: [
            ("http://proxy.example.com", 3_128, "ann", "egress.host"),
            ("proxy.example.com:80", 80, "ann", "egress.host"), ("", 80, "ann", "egress.host"),
            ("-a.example", 80, "ann", "egress.host"), ("a..b", 80, "ann", "egress.host"),
            ("proxy example", 80, "ann", "egress.host"), ("user@proxy", 80, "ann", "egress.host"),
            ("proxy", 0, "ann", "egress.port"), ("proxy", 65_536, "ann", "egress.port"),
            ("proxy", 80, "a:b", "egress.credentials.user"), ("127.0.0.1", 80, "ann", "egress.host"),
            ("::1", 80, "ann", "egress.host"), ("169.254.169.254", 80, "ann", "egress.host"),
        ]
    )
    func rules(host: String, port: Int, user: String, field: String) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let proxy: JSON = [
                "host": .string(host), "port": .integer(Int64(port)),
                "credentials": ["user": .string(user), "password": "x"],
            ]
            let answer = try await registry.send(
                .patch,
                "idps/\(id)",
                ["egress": proxy],
                headers: ["If-Match": "*"]
            )
            #expect(answer.status == 400)
            #expect(answer.fields == [field])
            #expect(try await registry.count("revisions") == 1)
        }
    }

    @Test("own-app credentials are tried by way of the proxy, and a proxy that is down fails only its own")
    func check() async throws {
        try await withProxies { registry, wecom in
            let proxy = try await ConnectProxy.start(asking: .init(user: "ann", password: "secret"))
            let egress: JSON = [
                "host": "127.0.0.1", "port": .integer(Int64(proxy.port)),
                "credentials": ["user": "ann", "password": "secret"],
            ]
            let id = try await registry.makeProvider(["egress": egress, "ownApp": Self.app])
            #expect(proxy.paths == ["/cgi-bin/gettoken", "/cgi-bin/agent/get"])
            await proxy.stop()
            let body: JSON = ["ownApp": Self.app]
            let answer = try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "*"])
            #expect(answer.status == 422)
            #expect(answer.problem == "egress-failed")
            #expect(answer["trouble"] == "unreachable")
            #expect(answer["whoActs"] == "tenantAdministrator")
            #expect(answer["fix"].string?.contains("proxy") == true)
            _ = try await registry.makeProvider(["ownApp": Self.app])
            #expect(wecom.calls("gettoken").count == 2)
            let without: JSON = ["egress": nil, "ownApp": Self.app]
            #expect(try await registry.patch(id, without)["egress"] == .null)
        }
    }

    @Test("a proxy that refuses its credentials is told apart from a WeCom that does")
    func credentials() async throws {
        try await withProxies { registry, wecom in
            let proxy = try await ConnectProxy.start(asking: .init(user: "ann", password: "secret"))
            let tenant = try await registry.makeTenant()
            let body: JSON = [
                "name": "test_123", "description": "x", "ownApp": Self.app,
                "egress": ["host": "127.0.0.1", "port": .integer(Int64(proxy.port))],
            ]
            let answer = try await registry.send(.post, "tenants/\(tenant)/idps", body)
            #expect(answer.status == 422)
            #expect(answer["trouble"] == "refusesCredentials")
            #expect(wecom.calls("gettoken").isEmpty)
            #expect(try await registry.count("identity_providers") == 0)
            await proxy.stop()
        }
    }

    private func withProxies(
        _ test: @escaping @Sendable (TestRegistry, WeComStub) async throws -> Void
    ) async throws {
        try await WeComStub.run { wecom, url in
            try await withRegistry({
                $0.wecomURL = url
                $0.egressPolicy = EgressPolicy(allowing: ["127.0.0.0/8"].compactMap { NetworkRange($0) })
            }) { registry in
                try await test(registry, wecom)
            }
        }
    }
}
