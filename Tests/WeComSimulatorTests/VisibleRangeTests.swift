import HTTPTypes
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct VisibleRangeTests {
    @Test("a range of one department shows it, what is below it, and nobody else")
    func department() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 300, departments: 110)
            let organisation = try #require(wecom.simulator.corps.corp(corp.id)).organisation
            try await corp.setRange(departments: [3])
            let (departments, users) = try await corp.listed()
            #expect(Set(departments.compactMap { $0["id"]?.integer }) == Set(organisation.subtree(of: 3)))
            #expect(users.count < 500)
            try await corp.expectTruth()
            #expect(try await corp.api("department/list", ["id": "1"]).errorCode == 60011)
            #expect(try await corp.api("user/list", ["department_id": "1"]).errorCode == 60011)
            let hidden = try #require(
                organisation.numbers.lazy.compactMap { organisation.user(numbered: $0) }.first { users[$0.id] == nil }
            )
            #expect(try await corp.api("user/get", ["userid": hidden.id]).errorCode == 60011)
        }
    }

    @Test("only visible departments and leaders stand in a visible user")
    func partlyVisible() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 300, departments: 110)
            let organisation = try #require(wecom.simulator.corps.corp(corp.id)).organisation
            let user = try #require(
                organisation.numbers.lazy.compactMap { organisation.user(numbered: $0) }
                    .first {
                        $0.memberships.count == 2
                            && !organisation.subtree(of: $0.departments[1]).contains($0.departments[0])
                    }
            )
            try await corp.setRange(departments: [user.departments[1]])
            let got = try await corp.api("user/get", ["userid": user.id])
            #expect(got["department"]?.integers == [user.departments[1]])
            #expect(got["order"]?.integers?.count == 1)
            #expect(got["is_leader_in_dept"]?.integers?.count == 1)
            #expect(got["main_department"] == nil)
        }
    }

    @Test("a range of single users gives them by user/get, without departments")
    func singleUsers() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let id = try #require(try await corp.listed().users.keys.min())
            try await corp.setRange(users: [id])
            #expect(try await corp.api("department/list")["department"]?.elements?.isEmpty == true)
            let got = try await corp.api("user/get", ["userid": id])
            #expect(got.errorCode == 0)
            #expect(got["department"]?.integers == [])
            let agent = try await corp.api("agent/get", ["agentid": "\(corp.agentIDs[0])"])
            #expect(agent["allow_userinfos"]?["user"]?.elements?.first?["userid"]?.text == id)
            #expect(try await corp.truth().users.keys.sorted() == [id])
        }
    }

    @Test("a range of a tag shows the tag's people and departments")
    func tags() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            #expect(try await corp.api("tag/list")["taglist"]?.elements?.count == 2)
            try await corp.setRange(tags: [1])
            let tag = try await corp.api("tag/get", ["tagid": "1"])
            let ids = try #require(tag["userlist"]?.elements).compactMap { $0["userid"]?.text }
            #expect(!ids.isEmpty)
            #expect(try await Set(corp.truth().users.keys) == Set(ids))
            #expect(try await corp.api("tag/get", ["tagid": "2"])["partylist"]?.integers == [])
            try await corp.setRange(tags: [2])
            #expect(try await corp.api("tag/get", ["tagid": "2"])["partylist"]?.integers == [2, 3])
            try await corp.expectTruth()
        }
    }

    @Test("the topmost visible department shows its real parent, or 0 where that is chosen")
    func parents() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(departments: 120)
            try await corp.setRange(departments: [3])
            #expect(try await corp.api("department/get", ["id": "3"])["department"]?["parentid"]?.integer == 2)
            try await corp.control(.put, "apps/\(corp.agentIDs[0])", ["parentOfRoots": "zero"])
            #expect(try await corp.api("department/get", ["id": "3"])["department"]?["parentid"]?.integer == 0)
            #expect(try await corp.api("department/get", ["id": "4"])["department"]?["parentid"]?.integer == 3)
        }
    }
}
