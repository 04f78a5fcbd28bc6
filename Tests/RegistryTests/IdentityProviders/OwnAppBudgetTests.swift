import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Own-app checks are bounded: many wrong secrets would have WeCom ban the address of all tenants (wecom.md §6).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct OwnAppBudgetTests {
    private static let wrong: JSON = ["errcode": 40_001, "errmsg": "invalid credential, hint: [1_2_3]"]

    private static func app(_ secret: String, corpID: String = "ww1e933be11645237c") -> JSON {
        ["corpID": .string(corpID), "agentID": 1_000_002, "secret": .string(secret)]
    }

    @Test("equal credentials that WeCom refused are refused again without asking it, also by another registry")
    func remembered() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            wecom.answer("gettoken", Self.wrong)
            for _ in 0..<4 {
                let answer = try await registry.tryApp(Self.app("wrong"), of: id)
                #expect(answer.status == 422)
                #expect(answer["wecomCode"] == 40_001)
            }
            #expect(wecom.calls("gettoken").count == 1)
            wecom.answer("gettoken", WeComStub.usual["gettoken"]![0])
            #expect(try await registry.tryApp(Self.app("right"), of: id).status == 200)
        }
    }

    @Test("after a few wrong secrets there is a pause: 429, why, and when to try again")
    func pause() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            wecom.answer("gettoken", Self.wrong)
            var statuses: [Int] = []
            for number in 0..<7 {
                statuses.append(try await registry.tryApp(Self.app("wrong \(number)"), of: id).status)
            }
            #expect(statuses == [422, 422, 422, 422, 422, 429, 429])
            #expect(wecom.calls("gettoken").count == 5)
            let answer = try await registry.tryApp(Self.app("right"), of: id)
            #expect(answer.problem == "too-many-refusals")
            #expect(answer["countedFor"] == "corp")
            #expect(Int(answer.header("Retry-After") ?? "") ?? 0 > 0)
            #expect(answer["fix"].string?.contains("seconds") == true)
        }
    }

    @Test("another tenant with the same enterprise is asked about as ever")
    func otherTenant() async throws {
        try await withProvider { registry, wecom in
            let bad = try await registry.makeProvider(in: try await registry.makeTenant("Bad"))
            wecom.answer("gettoken", Self.wrong)
            for number in 0..<7 { _ = try await registry.tryApp(Self.app("wrong \(number)"), of: bad) }
            wecom.answer("gettoken", WeComStub.usual["gettoken"]![0])
            let good = try await registry.makeProvider(in: try await registry.makeTenant("Good"))
            #expect(try await registry.tryApp(Self.app("right"), of: good).status == 200)
        }
    }

    @Test("QR codes are asked for as often as anybody needs, and no more")
    func authorizationRequests() async throws {
        try await withProvider { registry, wecom in
            try await registry.push(Provider.suiteTicket("t"))
            let id = try await registry.makeProvider()
            var statuses: [Int] = []
            for _ in 0..<25 { statuses.append(try await registry.send(.post, "idps/\(id)/authorization").status) }
            #expect(statuses.prefix(10).allSatisfy { $0 == 201 })
            #expect(statuses.contains(429))
            let asked = wecom.calls("service/get_customized_auth_url").count
            // A minute may end meanwhile.
            #expect(asked <= 20)
        }
    }

    @Test("preflights too, by tenant")
    func preflights() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            var statuses: [Int] = []
            for _ in 0..<25 { statuses.append(try await registry.send(.post, "idps/\(id)/preflight").status) }
            #expect(statuses.first == 200)
            #expect(statuses.contains(429))
            let other = try await registry.makeProvider(in: try await registry.makeTenant("Other"))
            #expect(try await registry.send(.post, "idps/\(other)/preflight").status == 200)
        }
    }
}

extension TestRegistry {
    /// Gives own-app credentials, whatever comes of it.
    fileprivate func tryApp(_ app: JSON, of id: IdentityProviderID) async throws -> Answer {
        try await send(.patch, "idps/\(id)", ["ownApp": app], headers: ["If-Match": "*"])
    }
}
