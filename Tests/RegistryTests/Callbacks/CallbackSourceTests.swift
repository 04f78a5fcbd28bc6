import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Callbacks from WeCom's own addresses alone.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct CallbackSourceTests {
    private func withSources(
        _ check: CallbackSourceCheck,
        _ test: @escaping @Sendable (TestRegistry, WeComStub) async throws -> Void
    ) async throws {
        try await WeComStub.run { wecom, url in
            try await withRegistry({
                Provider.configure(&$0, wecomURL: url)
                $0.callbackSources = check
            }) { try await test($0, wecom) }
        }
    }

    private func push(_ registry: TestRegistry, from addresses: String?) async throws -> Answer {
        let push = try Push(Provider.suiteTicket("t"))
        let headers = addresses.map { ["X-Forwarded-For": $0] } ?? [:]
        return try await registry.send(.post, push.uri, text: push.body, key: nil, headers: headers)
    }

    @Test("callbacks come from anywhere until WeCom's addresses are known, and then from these alone")
    func forwarded() async throws {
        try await withSources(.forwarded) { registry, wecom in
            #expect(try await push(registry, from: "6.6.6.6").status == 200)
            _ = try await registry.makeConnectedProvider()
            wecom.answer("getcallbackip", ["errcode": 0, "ip_list": ["101.226.103.0/24", "2402:4e00::1"]])
            let failures = try #require(try await registry.components.callbackAddresses?.runOnce())
            #expect(failures.isEmpty, "\(failures)")
            let fresh = try registry.another()
            try await withClient(fresh, registry.settings) { registry in
                #expect(try await push(registry, from: "101.226.103.7").status == 200)
                #expect(try await push(registry, from: "2402:4E00::1").status == 200)
                #expect(try await push(registry, from: "6.6.6.6, 101.226.103.7").status == 200)
                for addresses in ["101.226.103.7, 6.6.6.6", "6.6.6.6", "", nil] {
                    let refused = try await push(registry, from: addresses)
                    #expect(refused.status == 403, "\(addresses ?? "none")")
                    #expect(refused.problem == "callback-foreign-address")
                }
                let check = try await registry.send(.get, "/wecom/callback/command?echostr=x", key: nil)
                #expect(check.problem == "callback-foreign-address")
            }
        }
    }

    @Test("the list that is known holds when WeCom does not give another one, or an empty one")
    func kept() async throws {
        try await withSources(.connection) { registry, wecom in
            _ = try await registry.makeConnectedProvider()
            let job = try #require(registry.components.callbackAddresses)
            wecom.answer("getcallbackip", ["errcode": 0, "ip_list": ["1.2.3.4"]])
            try await job.runOnce()
            wecom.answer("getcallbackip", ["errcode": 0, "ip_list": []])
            try await job.runOnce()
            wecom.answer("getcallbackip", ["errcode": 60_020, "errmsg": "not allow"])
            let failures = try #require(try await job.runOnce())
            #expect(failures.count == 1)
            #expect(try await registry.count("callback_addresses") == 1)
        }
    }

    @Test("without the setting callbacks come from anywhere, and WeCom is not asked for addresses")
    func off() async throws {
        try await withSources(.off) { registry, _ in
            try await registry.database.run("insert into registry.callback_addresses values ('1.2.3.4', now())")
            #expect(try await push(registry, from: "6.6.6.6").status == 200)
            #expect(registry.components.callbackAddresses == nil)
        }
    }

    @Test(
        "an address is one of a block when it begins alike",
        arguments: [
            ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4", "1.2.3.5", false), ("1.2.3.4", "::ffff:1.2.3.4", true),
            ("1.2.3.0/24", "1.2.3.255", true), ("1.2.3.0/24", "1.2.4.0", false), ("1.2.3.128/25", "1.2.3.127", false),
            ("0.0.0.0/0", "9.9.9.9", true), ("1.2.3.4/33", "1.2.3.4", false), ("1.2.3", "1.2.3.4", false),
            ("2402:4e00::1", "2402:4E00::1", true), ("1.2.3.4", "", false),
        ]
    )
    func blocks(block: String, address: String, isIn: Bool) {
        #expect(AddressBlock(block).contains(address) == isIn)
    }
}
