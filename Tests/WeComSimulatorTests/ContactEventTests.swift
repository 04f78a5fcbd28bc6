import HTTPTypes
import Testing

@testable import WeComSimulator

/// What a provider is told of changes in a corp's directory.
@Suite(.timeLimit(.minutes(5)))
struct ContactEventTests {
    /// A corp that has authorized the provider's template.
    private func withCorp(
        _ settings: JSON,
        _ test: @escaping @Sendable (TestProvider, TestCorp) async throws -> Void
    ) async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp(users: 12, departments: 3)
            _ = try await provider.authorize(corp)
            try await provider.wecom.control(.put, "events", settings)
            try await test(provider, corp)
        }
    }

    private func types(_ provider: TestProvider) -> [String] {
        provider.receiver.received.compactMap { element("ChangeType", of: $0) }
    }

    @Test("nothing is told of changes unless it is asked for")
    func silent() async throws {
        try await withCorp([:]) { provider, corp in
            let answer = try await corp.control(.put, "users/li.si", ["name": "李四", "department": [2]])
            #expect(answer["events"]?.integer == 0)
            #expect(types(provider) == [])
        }
    }

    @Test("each change of a person, a department and a tag is told, as from the corp")
    func data() async throws {
        try await withCorp(["envelope": "data"]) { provider, corp in
            try await corp.control(.put, "users/li.si", ["name": "李四", "department": [2, 3]])
            let message = try await provider.receiver.message(with: "create_user")
            #expect(element("ToUserName", of: message) == corp.id)
            #expect(element("FromUserName", of: message) == "sys")
            #expect(element("Event", of: message) == "change_contact")
            #expect(element("UserID", of: message) == "li.si")
            #expect(element("Department", of: message) == "2,3")
            try await corp.control(.put, "users/li.si", ["position": "经理"])
            try await corp.control(.delete, "users/li.si")
            try await corp.control(.put, "departments/77", ["name": "新部门", "parentid": 2])
            try await corp.control(.put, "departments/77", ["parentid": 3])
            try await corp.control(.delete, "departments/77")
            try await corp.control(.put, "tags/9", ["users": []])
            #expect(
                types(provider) == [
                    "create_user", "update_user", "delete_user", "create_party", "update_party", "delete_party",
                    "update_tag",
                ]
            )
        }
    }

    @Test("the suite's envelope names suite and corp, on the command callback")
    func suite() async throws {
        try await withCorp(["envelope": "suite"]) { provider, corp in
            try await corp.control(.put, "users/li.si", ["name": "李四", "department": [2]])
            let message = try await provider.receiver.message(with: "create_user")
            #expect(element("SuiteId", of: message) == TestProvider.templateID)
            #expect(element("AuthCorpId", of: message) == corp.id)
            #expect(element("InfoType", of: message) == "change_contact")
        }
    }

    @Test("an event is doubled, lost, or told in another order, as ordered")
    func spoilt() async throws {
        try await withCorp(["envelope": "data", "copies": 2, "lose": 1, "held": true]) { provider, corp in
            for id in ["a1", "b2", "c3"] {
                try await corp.control(.put, "users/\(id)", ["name": "某人", "department": [2]])
            }
            #expect(types(provider) == [])
            let released = try await provider.wecom.control(.post, "events/release", ["reversed": true])
            #expect(released["sent"]?.integer == 4)
            let users = provider.receiver.received.compactMap { element("UserID", of: $0) }
            #expect(users == ["c3", "c3", "b2", "b2"])
        }
    }

    @Test("whoever enters or leaves the application's range is told")
    func range() async throws {
        try await withCorp(["envelope": "data"]) { provider, corp in
            let agent = try #require(corp.agentIDs.max().map { $0 + 1 })
            try await corp.control(.put, "users/li.si", ["name": "李四", "department": [2]])
            let range: JSON = ["agentID": .integer(agent), "departments": [3]]
            try await corp.control(.put, "visible-range", range)
            let left = try await provider.receiver.message(with: "<![CDATA[li.si]]></FromUserName>")
            #expect(element("Event", of: left) == "unsubscribe")
            #expect(element("AgentID", of: left) == String(agent))
            let wide: JSON = ["agentID": .integer(agent), "departments": [1]]
            try await corp.control(.put, "visible-range", wide)
            let entered = try await provider.receiver.message(with: "<![CDATA[li.si]]></FromUserName>")
            #expect(element("Event", of: entered) == "subscribe")
        }
    }

    @Test("an event is made up, and a forged one has a signature that does not fit")
    func madeUp() async throws {
        try await withCorp(["envelope": nil]) { provider, corp in
            let event: JSON = ["changeType": "delete_user", "fields": ["UserID": "ghost"]]
            let answer = try await corp.control(.post, "events", event)
            #expect(answer["deliveries"]?.elements?.first?["status"]?.integer == 200)
            #expect(types(provider) == ["delete_user"])
            let forged = try await corp.control(.post, "events", event.adding([.init(name: "forged", value: true)]))
            #expect(forged["deliveries"]?.elements?.first?["status"]?.integer == 403)
            #expect(types(provider) == ["delete_user"])
        }
    }
}
