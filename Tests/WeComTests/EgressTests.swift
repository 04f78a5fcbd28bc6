import AsyncHTTPClient
import ProxyTesting
import Sealing
import Testing

@testable import WeCom

@Suite("Egress", .timeLimit(.minutes(5)))
struct EgressTests {
    private static let loopback = EgressPolicy(allowing: ["127.0.0.0/8", "::1"].compactMap { NetworkRange($0) })

    @Test(
        "addresses are read in their full forms alone",
        arguments: [
            ("127.0.0.1", true), ("255.255.255.255", true), ("::1", true), ("::", true), ("fe80::1", true),
            ("2001:db8::8:800:200c:417a", true), ("::ffff:10.0.0.1", true), ("1:2:3:4:5:6:7:8", true),
            ("127.1", false), ("2130706433", false), ("0x7f.0.0.1", false), ("127.0.0.01", false), ("1.2.3.4.5", false),
            ("256.1.1.1", false), ("", false), (":", false), ("1:2", false), ("::1::2", false), ("12345::", false),
            ("fe80::1%eth0", false), ("1:2:3:4:5:6:7:8:9", false), ("+1.2.3.4", false), ("::+1", false),
        ]
    )
    func addresses(text: String, isAddress: Bool) {
        #expect((IPAddress(text) != nil) == isAddress)
    }

    @Test(
        "a proxy may have a public address, and no private one, however that is written",
        arguments: [
            ("8.8.8.8", true), ("2606:4700::1111", true), ("172.32.0.1", true), ("100.128.0.1", true),
            ("127.0.0.1", false), ("127.255.0.1", false), ("10.1.2.3", false), ("172.16.0.1", false),
            ("172.31.255.255", false), ("192.168.1.1", false), ("169.254.169.254", false), ("100.64.0.1", false),
            ("0.0.0.0", false), ("224.0.0.1", false), ("255.255.255.255", false), ("::1", false), ("::", false),
            ("fe80::1", false), ("fd00::1", false), ("::ffff:127.0.0.1", false), ("::ffff:8.8.8.8", true),
            ("64:ff9b::10.0.0.1", false), ("::127.0.0.1", false), ("64:ff9b::8.8.8.8", true), ("2002:7f00:1::", false),
        ]
    )
    func policy(text: String, isAdmitted: Bool) throws {
        #expect(EgressPolicy().admits(try #require(IPAddress(text))) == isAdmitted)
    }

    @Test("an allowed range admits its own addresses and no others")
    func allowed() throws {
        let policy = EgressPolicy(allowing: [try #require(NetworkRange("10.1.2.0/23"))])
        #expect(policy.admits(try #require(IPAddress("10.1.3.255"))))
        #expect(policy.admits(try #require(IPAddress("::ffff:10.1.2.1"))))
        #expect(!policy.admits(try #require(IPAddress("10.1.4.0"))))
        #expect(NetworkRange("10.1.2.0/33") == nil)
        #expect(NetworkRange("10.1.2.0/-1") == nil)
        #expect(NetworkRange("proxy.example.com") == nil)
    }

    @Test("calls of a client with a proxy go by it alone, with its credentials, and to WeCom alone")
    func through() async throws {
        try await withBench { bench, clients in
            let proxy = try await ConnectProxy.start(asking: .init(user: "ann", password: "s3:cret"))
            let own = WeComClient(clients: clients, apiURL: bench.url)
            let client = own.through(Self.proxy(proxy.port, user: "ann", password: "s3:cret"))
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            for _ in 0..<3 { _ = try await client.userList(department: 1, token: bench.token) }
            #expect(proxy.paths == Array(repeating: "/cgi-bin/user/list", count: 3))
            #expect(Set(proxy.targets) == [String(bench.url.dropFirst("http://".count))])
            _ = try await own.userList(department: 1, token: bench.token)
            #expect(proxy.paths.count == 3)
            #expect(await bench.wecom.calls(to: "user/list").count == 4)
            await proxy.stop()
        }
    }

    @Test("what is wrong with a proxy is told as the proxy's trouble, by its kind")
    func troubles() async throws {
        try await withBench { bench, clients in
            let proxy = try await ConnectProxy.start(asking: .init(user: "ann", password: "secret"))
            let own = WeComClient(clients: clients, apiURL: bench.url)
            let wrong = await trouble(Self.proxy(proxy.port, user: "ann", password: "other"), of: own, bench)
            #expect(wrong?.cause == .proxy(.refusesCredentials))
            #expect(wrong?.reaction == .stop)
            #expect(wrong?.description.contains("other") == false)
            let nameless = await trouble(Self.proxy(proxy.port), of: own, bench)
            #expect(nameless?.cause == .proxy(.refusesCredentials))
            let elsewhere = WeComClient(clients: clients, apiURL: "http://127.0.0.1:9")
            let tunnel = await trouble(Self.proxy(proxy.port, user: "ann", password: "secret"), of: elsewhere, bench)
            #expect(tunnel?.cause == .proxy(.refusesTunnel))
            await proxy.stop()
            let down = await trouble(Self.proxy(proxy.port, user: "ann", password: "secret"), of: own, bench)
            #expect(down?.cause == .proxy(.unreachable))
            #expect(down?.explanation.actor == .tenantAdministrator)
            let unknown = HTTPProxy(host: "proxy.invalid", port: 3_128, owner: "t")
            #expect(await trouble(unknown, of: own, bench)?.cause == .proxy(.unreachable))
        }
    }

    @Test("a name that leads to a private address is not called", arguments: ["localhost", "127.0.0.1", "127.1"])
    func forbidden(host: String) async throws {
        try await withBench(policy: EgressPolicy()) { bench, clients in
            let proxy = try await ConnectProxy.start()
            let client = WeComClient(
                clients: clients,
                proxy: HTTPProxy(host: host, port: proxy.port, owner: "t"),
                apiURL: bench.url
            )
            let error = await #expect(throws: WeComError.self) {
                _ = try await client.userList(department: 1, token: bench.token)
            }
            #expect(error?.cause == .proxy(.forbiddenAddress))
            #expect(proxy.targets.isEmpty)
            await proxy.stop()
        }
    }

    @Test("a name is looked up, and the address that was judged is called")
    func named() async throws {
        try await withBench { bench, clients in
            let proxy = try await ConnectProxy.start()
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            let host = HTTPProxy(host: "localhost", port: proxy.port, owner: "t")
            let client = WeComClient(clients: clients, proxy: host, apiURL: bench.url)
            _ = try await client.userList(department: 1, token: bench.token)
            #expect(proxy.paths.count == 1)
            await proxy.stop()
        }
    }

    @Test("a proxy that is down opens no breaker but its own enterprise's, and is not kept out by the shared one")
    func breakers() async throws {
        try await withBench { bench, clients in
            let breaker = CircuitBreaker(failures: 2, pause: .seconds(60))
            let settings = SessionSettings(transportRetries: 0, unansweredCalls: 3)
            let session: @Sendable (HTTPProxy?) -> CorpSession = { proxy in
                CorpSession(
                    client: WeComClient(clients: clients, proxy: proxy, apiURL: bench.url),
                    corpID: bench.corpID,
                    secret: Secret("s"),
                    settings: settings,
                    breaker: breaker,
                    logger: .silent
                )
            }
            let stopped = try await ConnectProxy.start()
            await stopped.stop()
            let down = session(Self.proxy(stopped.port))
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            for _ in 0..<4 {
                _ = await #expect(throws: WeComError.self) { try await down.userList(department: 1) }
            }
            let own = session(nil)
            _ = try await own.userList(department: 1)
            await bench.wecom.script("user/list", .status(502))
            for _ in 0..<2 {
                _ = await #expect(throws: WeComError.self) { try await own.userList(department: 1) }
            }
            #expect(!breaker.admits())
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            let proxy = try await ConnectProxy.start()
            _ = try await session(Self.proxy(proxy.port)).userList(department: 1)
            await proxy.stop()
        }
    }

    @Test("connections are one for each proxy, and closed once it is not used any more, or others need the room")
    func bounded() async throws {
        try await withBench(limit: 2, idleTime: .milliseconds(20)) { bench, clients in
            let proxies = [
                try await ConnectProxy.start(), try await ConnectProxy.start(), try await ConnectProxy.start(),
            ]
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            let own = WeComClient(clients: clients, apiURL: bench.url)
            for proxy in proxies + proxies {
                _ = try await own.through(Self.proxy(proxy.port)).userList(department: 1, token: bench.token)
                #expect(clients.count <= 2)
            }
            try await bench.until {
                _ = try? await own.through(Self.proxy(proxies[0].port)).userList(department: 1, token: bench.token)
                return clients.count == 1
            }
            for proxy in proxies { await proxy.stop() }
        }
    }

    @Test("an owner with many proxies pushes out none of another's")
    func fairRoom() async throws {
        let clients = EgressClients(own: .shared, policy: Self.loopback, limit: 4, ownerLimit: 3)
        try await clients.withClient(through: Self.proxy(1, of: "small")) { _ in }
        for port in 1...9 { try await clients.withClient(through: Self.proxy(port, of: "big")) { _ in } }
        #expect(clients.count(of: "big") == 3)
        #expect(clients.count(of: "small") == 1)
        try await clients.withClient(through: Self.proxy(1, of: "third")) { _ in }
        #expect(clients.count(of: "big") == 2)
        #expect(clients.count(of: "small") == 1)
        await clients.close()
    }

    @Test("a proxy that is in use is never pushed out, and another owner's call finds room meanwhile")
    func inUse() async throws {
        let clients = EgressClients(own: .shared, policy: Self.loopback, limit: 4, ownerLimit: 1)
        try await clients.withClient(through: Self.proxy(1, of: "big")) { _ in
            await #expect(throws: EgressFailure.tooMany) {
                try await clients.withClient(through: Self.proxy(2, of: "big")) { _ in }
            }
            try await clients.withClient(through: Self.proxy(1, of: "small")) { _ in }
            #expect(clients.count(of: "big") == 1)
        }
        await clients.close()
    }

    @Test("two owners who name one proxy share neither connections nor what budgets count under")
    func owners() {
        let (one, other) = (Self.proxy(3_128), HTTPProxy(host: "127.0.0.1", port: 3_128, owner: "other"))
        #expect(one != other)
        #expect(one.egressName != other.egressName)
        #expect(one.egressName == Self.proxy(3_128, user: "ann", password: "x").egressName)
    }

    private func trouble(_ proxy: HTTPProxy, of client: WeComClient, _ bench: Bench) async -> WeComError? {
        await #expect(throws: WeComError.self) {
            _ = try await client.through(proxy).userList(department: 1, token: bench.token)
        }
    }

    private static func proxy(_ port: Int, user: String? = nil, password: String = "") -> HTTPProxy {
        HTTPProxy(
            host: "127.0.0.1",
            port: port,
            credentials: user.map { HTTPProxy.Credentials(user: $0, password: Secret(password)) },
            owner: "t"
        )
    }

    private static func proxy(_ port: Int, of owner: String) -> HTTPProxy {
        HTTPProxy(host: "127.0.0.1", port: port, owner: owner)
    }

    private func withBench(
        policy: EgressPolicy = EgressTests.loopback,
        limit: Int = 16,
        idleTime: Duration = .seconds(60),
        _ body: @Sendable (Bench, EgressClients) async throws -> Void
    ) async throws {
        try await withScriptedWeCom { bench in
            let clients = EgressClients(own: .shared, policy: policy, limit: limit, idleTime: idleTime)
            do {
                try await body(bench, clients)
                await clients.close()
            } catch {
                await clients.close()
                throw error
            }
        }
    }
}
