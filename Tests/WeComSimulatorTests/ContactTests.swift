import HTTPTypes
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct ContactTests {
    @Test("what the list calls give is the truth")
    func truth() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 300, departments: 30)
            try await corp.expectTruth()
            #expect(try await corp.truth().users.count == 300)
        }
    }

    @Test("user/get gives the same object as user/list")
    func userGet() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 30, departments: 3)
            for (id, listed) in try await corp.listed().users {
                let got = try await corp.api("user/get", ["userid": id])
                #expect(got.errorCode == 0)
                #expect(got.members.filter { !$0.name.hasPrefix("err") } == listed.members)
            }
        }
    }

    @Test("department/simplelist and department/get agree with department/list")
    func departments() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(departments: 12)
            let list = try #require(try await corp.api("department/list")["department"]?.elements)
            let simple = try #require(try await corp.api("department/simplelist")["department_id"]?.elements)
            #expect(list.map { $0["id"] } == simple.map { $0["id"] })
            for department in list {
                let id = try #require(department["id"]?.integer)
                #expect(try await corp.api("department/get", ["id": "\(id)"])["department"] == department)
            }
        }
    }

    @Test("department/list with an id is that department and all below it")
    func subtree() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(departments: 120)
            let list = try #require(try await corp.api("department/list", ["id": "3"])["department"]?.elements)
            let organisation = try #require(wecom.simulator.corps.corp(corp.id)).organisation
            #expect(Set(list.compactMap { $0["id"]?.integer }) == Set(organisation.subtree(of: 3)))
            #expect(list.count < 120)
        }
    }

    @Test("user/simplelist has the same people as user/list")
    func simpleList() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(departments: 2)
            let full = try #require(try await corp.api("user/list", ["department_id": "2"])["userlist"]?.elements)
            let simple = try await corp.api("user/simplelist", ["department_id": "2"])["userlist"]?.elements
            #expect(full.map { $0["userid"] } == simple?.map { $0["userid"] })
        }
    }

    @Test("what is missing, malformed or unknown is refused with its own code")
    func refusals() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let cases: [(String, [String: String], Int)] = [
                ("user/list", [:], 40058), ("user/list", ["department_id": "x"], 40058),
                ("user/list", ["department_id": "999"], 60003), ("department/list", ["id": "999"], 60003),
                ("department/get", [:], 40058), ("user/get", [:], 41009), ("user/get", ["userid": "nobody"], 60111),
                ("user/get", ["userid": "-a"], 40003), ("tag/get", [:], 41017), ("tag/get", ["tagid": "99"], 40068),
                ("agent/get", [:], 41011), ("agent/get", ["agentid": "x"], 40056),
                ("agent/get", ["agentid": "1000009"], 301_002),
            ]
            for (path, query, code) in cases {
                #expect(try await corp.api(path, query).errorCode == code, "\(path) \(query)")
            }
            #expect(try await corp.api("agent/get_permissions").errorCode == 40058)
        }
    }

    @Test("fetch_child gives everybody once, and is too large for a large corp")
    func fetchChild() async throws {
        try await withSimulator { wecom in
            let small = try await wecom.makeCorp(users: 100)
            let query = ["department_id": "1", "fetch_child": "1"]
            #expect(try await small.api("user/list", query)["userlist"]?.elements?.count == 100)
            let large = try await wecom.makeCorp(users: 10_001)
            #expect(try await large.api("user/list", query).errorCode == 45029)
        }
    }

    @Test("the contact-sync assistant lists ids, and reads no details")
    func contactSync() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 100)
            let token = ["access_token": try await corp.token(secret: corp.contactSyncSecret)]
            var rows: [JSON] = []
            var cursor = ""
            repeat {
                let page = try await wecom.api("user/list_id", token, ["cursor": .string(cursor), "limit": 30])
                rows += page["dept_user"]?.elements ?? []
                cursor = page["next_cursor"]?.text ?? ""
            } while !cursor.isEmpty
            #expect(rows.count == 102)
            #expect(Set(rows.compactMap { $0["userid"]?.text }).count == 100)
            #expect(try await wecom.api("user/list_id", token, ["cursor": "x"]).errorCode == 50100)
            #expect(try await wecom.api("department/list", token).errorCode == 48009)
            #expect(try await wecom.api("department/simplelist", token).errorCode == 0)
            #expect(try await corp.api("user/list_id", [:], [:]).errorCode == 48002)
        }
    }

    @Test("agent calls tell range, permissions and administrators of the token's own application")
    func agent() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let agent = try await corp.api("agent/get", ["agentid": "\(corp.agentIDs[0])"])
            #expect(agent["allow_partys"]?["partyid"]?.integers == [1])
            #expect(agent["close"]?.integer == 0)
            #expect(try await corp.api("agent/list")["agentlist"]?.elements?.count == 1)
            let permissions = try await corp.api("agent/get_permissions", [:], [:])["app_permissions"]?.texts ?? []
            #expect(permissions.contains("contact:sensitive:mobile"))
            let administrators = try await corp.api("agent/get_admin_list", [:], [:])["admin"]?.elements
            #expect(administrators?.first?["auth_type"]?.integer == 1)
            #expect(try await corp.api("getcallbackip")["ip_list"]?.texts?.isEmpty == false)
            #expect(try await corp.api("get_api_domain_ip")["ip_list"]?.texts?.isEmpty == false)
        }
    }

    @Test("a field that is not granted is missing, and gender is 0")
    func grants() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(departments: 1)
            try await corp.control(.put, "apps/\(corp.agentIDs[0])", ["permissions": ["user_name", "position"]])
            let users = try #require(try await corp.api("user/list", ["department_id": "1"])["userlist"]?.elements)
            for user in users {
                #expect(user["name"] != nil && user["position"] != nil)
                #expect(user["mobile"] == nil && user["email"] == nil && user["extattr"] == nil)
                #expect(user["gender"]?.text == "0")
            }
            #expect(try await corp.api("department/list")["department"]?.elements?.first?["name"] == nil)
            try await corp.expectTruth()
        }
    }

    @Test("corps with the same seed have equal ids and do not mix")
    func twoCorps() async throws {
        try await withSimulator { wecom in
            let first = try await wecom.makeCorp()
            let second = try await wecom.makeCorp()
            #expect(first.id != second.id)
            #expect(try await Set(first.listed().users.keys) == Set(second.listed().users.keys))
            try await first.control(.put, "users/newcomer", ["name": "新人", "department": [1]])
            #expect(try await first.api("user/get", ["userid": "newcomer"]).errorCode == 0)
            #expect(try await second.api("user/get", ["userid": "newcomer"]).errorCode == 60111)
            try await second.expectTruth()
        }
    }
}
