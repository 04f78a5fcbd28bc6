import HTTPTypes
import HummingbirdTesting
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct ChangeTests {
    @Test("random changes are exactly those that are reported, and the lists follow")
    func randomChanges() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 400, departments: 20)
            let before = try await corp.listed().users
            let changed = try await corp.control(
                .post,
                "changes",
                ["update": 10, "remove": 5, "add": 3, "move": 4, "seed": 9]
            )
            let after = try await corp.listed().users
            let (updated, moved) = (changed["updated"]?.texts ?? [], changed["moved"]?.texts ?? [])
            #expect(updated.count == 10 && moved.count == 4)
            let different = before.filter { after[$0.key] != nil && after[$0.key] != $0.value }
            #expect(Set(different.keys) == Set(updated + moved))
            #expect(Set(before.keys).subtracting(after.keys) == Set(changed["removed"]?.texts ?? []))
            #expect(Set(after.keys).subtracting(before.keys) == Set(changed["added"]?.texts ?? []))
            #expect(after.count == 398)
            try await corp.expectTruth()
        }
    }

    @Test("a user's fields are set one by one, and null takes a key away")
    func putUser() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let path = "users/li.si"
            try await corp.control(.put, path, ["name": "李四", "department": [1, 2], "mobile": "13800000000"])
            try await corp.control(.put, path, ["position": "经理", "email": "li@example.com", "status": 2])
            try await corp.control(.put, path, ["mobile": nil])
            let user = try await corp.api("user/get", ["userid": "LI.SI"])
            #expect(user["name"]?.text == "李四")
            #expect(user["position"]?.text == "经理")
            #expect(user["status"]?.integer == 2)
            #expect(user["department"]?.integers == [1, 2])
            #expect(user["mobile"] == nil)
            try await corp.expectTruth()
            try await corp.control(.delete, path)
            #expect(try await corp.api("user/get", ["userid": "li.si"]).errorCode == 60111)
            try await corp.control(.put, path, ["name": "李四", "department": [3]])
            #expect(try await corp.api("user/get", ["userid": "li.si"])["department"]?.integers == [3])
            try await corp.expectTruth()
        }
    }

    @Test("departments are added, renamed, moved and removed")
    func departments() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 20, departments: 4)
            try await corp.control(.put, "departments/77", ["name": "新部门", "parentid": 2])
            #expect(try await corp.api("department/get", ["id": "77"])["department"]?["parentid"]?.integer == 2)
            try await corp.control(.put, "departments/77", ["parentid": 3, "order": 5])
            try await corp.expectTruth()
            #expect(
                try await wecom.send(.put, "/control/corps/\(corp.id)/departments/3", ["parentid": 77]).status
                    == .badRequest
            )
            #expect(try await wecom.send(.delete, "/control/corps/\(corp.id)/departments/1").status == .conflict)
            try await corp.control(.delete, "departments/77")
            #expect(try await corp.api("department/get", ["id": "77"]).errorCode == 60003)
            try await corp.expectTruth()
        }
    }

    @Test("when a leader goes, nobody is led by that person any more")
    func leaderGoes() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 100, departments: 5)
            let departments = try await corp.listed().departments
            let leaders = departments.flatMap { $0["department_leader"]?.texts ?? [] }
            let leader = try #require(leaders.first)
            try await corp.control(.delete, "users/\(leader)")
            let users = try await corp.listed().users
            #expect(users.values.allSatisfy { $0["direct_leader"]?.texts?.contains(leader) == false })
            try await corp.expectTruth()
        }
    }

    @Test("sample users are active and have passwords")
    func sample() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 200)
            let users = try #require(try await corp.control(.get, "sample-users?count=5")["users"]?.elements)
            #expect(users.count == 5)
            for user in users {
                let id = try #require(user["userid"]?.text)
                let answer = try await corp.control(.get, "users/\(id)/password")
                #expect(answer["password"] == user["password"])
            }
        }
    }
}
