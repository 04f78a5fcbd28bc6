import HTTPTypes
import NIOCore
import Testing

@testable import WeComSimulator

/// Answers that fall short, and changes in the middle of a reading.
@Suite(.timeLimit(.minutes(5)))
struct OrderedChangeTests {
    @Test("a short answer is JSON with the first half of its list, at the call that was ordered")
    func short() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 60, departments: 3)
            let fault: JSON = ["path": "user/list", "kind": "short", "afterCalls": 1, "times": 1]
            try await wecom.control(.post, "faults", fault)
            var lists: [[JSON]] = []
            for _ in 0..<3 {
                let answer = try await corp.api("user/list", ["department_id": "2"])
                #expect(answer.errorCode == 0)
                lists.append(try #require(answer["userlist"]?.elements))
            }
            #expect(lists[0].count > 1)
            #expect(lists[1] == Array(lists[0].prefix(lists[0].count / 2)))
            #expect(lists[2] == lists[0])
        }
    }

    @Test("a list is cut wherever its texts hold brackets, quotes and commas", arguments: 0...3)
    func cut(count: Int) throws {
        let elements = [#"{"a":"[,]","b":[1,{"c":2}]}"#, #"{"a":"\"]"}"#, #"{"a":"\\"}"#]
        let answer = { (list: [String]) in
            #"{"errcode":0,"errmsg":"ok","userlist":["# + list.joined(separator: ",") + "]}"
        }
        let list = ListAnswer(ByteBuffer(string: answer(elements)))
        #expect(String(buffer: list.keeping(count)) == answer(Array(elements.prefix(count))))
    }

    @Test("a fault with parameters meets the calls that have them: one tag, one person")
    func parameters() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 20, departments: 3)
            let ids = try await corp.listed().users.keys.sorted()
            let tag: JSON = ["path": "tag/get", "kind": "errcode", "code": 81011, "parameters": ["tagid": 2]]
            let person: JSON = [
                "path": "user/get", "kind": "errcode", "code": 48002, "parameters": ["userid": .string(ids[0])],
            ]
            try await wecom.control(.post, "faults", tag)
            try await wecom.control(.post, "faults", person)
            #expect(try await corp.api("tag/get", ["tagid": "1"]).errorCode == 0)
            #expect(try await corp.api("tag/get", ["tagid": "2"]).errorCode == 81011)
            #expect(try await corp.api("user/get", ["userid": ids[0]]).errorCode == 48002)
            #expect(try await corp.api("user/get", ["userid": ids[1]]).errorCode == 0)
        }
    }

    @Test("a department goes in the middle of a reading, and its people go to its parent")
    func departmentGoes() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 60, departments: 6)
            try await corp.control(.put, "departments/77", ["name": "下级", "parentid": 2])
            try await corp.control(.put, "users/li.si", ["name": "李四", "department": [77]])
            let fault: JSON = [
                "path": "user/list", "kind": "change", "afterCalls": 1, "change": ["removeDepartment": 2],
            ]
            try await wecom.control(.post, "faults", fault)
            #expect(try await corp.api("user/list", ["department_id": "2"]).errorCode == 0)
            #expect(try await corp.api("user/list", ["department_id": "2"]).errorCode == 60003)
            #expect(try await corp.api("department/get", ["id": "77"]).errorCode == 60003)
            #expect(try await corp.api("user/get", ["userid": "li.si"])["department"]?.integers == [1])
            try await corp.expectTruth()
        }
    }

    @Test("a person moves or goes, and the range is narrowed, in the middle of a reading")
    func othersChange() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(users: 20, departments: 4)
            for id in ["li.si", "wang.wu"] {
                try await corp.control(.put, "users/\(id)", ["name": "某人", "department": [2]])
            }
            let changes: [JSON] = [
                ["moveUser": "li.si", "department": [3]], ["removeUser": "wang.wu"],
                ["visibleRange": ["departments": [3]]],
            ]
            for change in changes {
                try await wecom.control(.post, "faults", ["path": "agent/list", "kind": "change", "change": change])
            }
            for _ in changes { _ = try await corp.api("agent/list") }
            #expect(try await corp.api("user/get", ["userid": "li.si"])["department"]?.integers == [3])
            #expect(try await corp.api("user/get", ["userid": "wang.wu"]).errorCode == 60111)
            #expect(try await corp.api("user/list", ["department_id": "2"]).errorCode == 60011)
        }
    }
}
