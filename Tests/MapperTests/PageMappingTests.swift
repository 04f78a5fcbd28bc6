import JSONCoding
import Messages
import Testing

@testable import Mapping

@Suite(.timeLimit(.minutes(1)))
struct PageMappingTests {
    @Test("a full user is mapped by the default rules")
    func defaultRules() throws {
        let batch = try PageMapping.map(users: .users(.full), by: CompiledMapping(MappingRule.defaults))
        let user = try #require(batch.users.first)
        #expect(batch.page == 7)
        #expect(batch.rejected.isEmpty)
        #expect(user.externalID == "ZhangSan")
        #expect(user.username == "ZhangSan")
        #expect(user.displayName == "张三 \"Tiger\"")
        #expect(user.email == "zhang@example.com")
        #expect(user.mobile == "13800000000")
        #expect(user.telephone == "")
        #expect(user.title == "高级工程师")
        #expect(user.alias == nil)
        #expect(user.status == .notActivated)
        #expect(user.mainDepartment == 3)
        #expect(user.leaders == ["boss"])
        #expect(
            user.memberships == [
                UserRecord.Membership(department: 2, order: 4_294_967_295, isLeader: true),
                UserRecord.Membership(department: 3, order: 1),
            ]
        )
        #expect(user.attributes.isEmpty)
    }

    @Test("what WeCom leaves out stays absent, and what it sends empty stays empty")
    func absentAndEmpty() throws {
        let user = try mapOne(#"{"userid":"a","mobile":"","name":null}"#)
        #expect(user.mobile == "")
        #expect(user.email == nil)
        #expect(user.displayName == nil)
        #expect(user.mainDepartment == nil)
        #expect(user.memberships.isEmpty)
    }

    @Test("a user without a status is active")
    func absentStatus() throws {
        #expect(try mapOne(#"{"userid":"a"}"#).status == .active)
    }

    @Test("lists of a membership that are too short leave 0 and no leader, and a repeated department counts once")
    func unequalLists() throws {
        let user = try mapOne(#"{"userid":"a","department":[5,6,5,7],"order":[9],"is_leader_in_dept":[0,1]}"#)
        #expect(
            user.memberships == [
                UserRecord.Membership(department: 5, order: 9),
                UserRecord.Membership(department: 6, order: 0, isLeader: true),
                UserRecord.Membership(department: 7),
            ]
        )
    }

    @Test(
        "a field of the wrong kind rejects its user alone, and is named",
        arguments: [
            (#"{"userid":"a","name":5}"#, "a", "name"),
            (#"{"userid":7}"#, "7", "userid"),
            (#"{"userid":"a","status":"1"}"#, "a", "status"),
            (#"{"department":"2","userid":"a"}"#, "a", "department"),
            (#"{"userid":"a","order":[1.5]}"#, "a", "order"),
            (#"{"userid":"a","direct_leader":"b"}"#, "a", "direct_leader"),
            (#"{"userid":"a","extattr":[]}"#, "a", "extattr"),
            (#"{"userid":"a","status":3}"#, "a", "status"),
            (#"{"userid":"a","name":"x\u0000y"}"#, "a", "displayName"),
            (#"{"name":"a"}"#, nil, "userid"),
            (#"{"userid":""}"#, nil, "userid"),
        ] as [(String, String?, String)]
    )
    func wrongKind(user: String, id: String?, field: String) throws {
        let batch = try PageMapping.map(
            users: .users(#"[{"userid":"before"},\#(user),{"userid":"after"}]"#),
            by: CompiledMapping(MappingRule.defaults)
        )
        #expect(batch.users.map(\.externalID) == ["before", "after"])
        #expect(batch.rejected.map(\.externalID) == [id])
        #expect(batch.rejected.first?.reason.contains("the field \(field) ") == true)
    }

    @Test("an element that is no object is rejected")
    func noObject() throws {
        let batch = try PageMapping.map(users: .users(#"[5,"x",null,{"userid":"a"}]"#), by: CompiledMapping([]))
        #expect(batch.users.count == 1)
        #expect(batch.rejected.count == 3)
    }

    @Test("a value that no index of the directory takes is rejected")
    func longValue() throws {
        let long = String(repeating: "名", count: 683)
        let batch = try PageMapping.map(
            users: .users(#"[{"userid":"a","name":"\#(long)"}]"#),
            by: CompiledMapping(MappingRule.defaults)
        )
        #expect(batch.rejected.map(\.reason) == ["the field displayName is longer than 2048 bytes"])
    }

    @Test("reasons hold no value of a person")
    func reasonsAreClean() throws {
        let batch = try PageMapping.map(
            users: .users(#"[{"userid":"secretid","name":"secretname","mobile":{"x":"secretmobile"}}]"#),
            by: CompiledMapping(MappingRule.defaults)
        )
        #expect(batch.rejected.first?.reason.contains("secret") == false)
    }

    @Test(
        "a page whose JSON cannot be read is no page",
        arguments: [#"[{"userid":"a"}"#, #"[{"userid":"a]"#, #"{"userid":"a"}"#, "", #"[] []"#]
    )
    func unreadable(list: String) {
        #expect(throws: JSONError.self) { try PageMapping.map(users: .users(list), by: CompiledMapping([])) }
    }

    @Test("control characters, surrogate pairs and unknown fields are taken as they come")
    func oddText() throws {
        let user = try mapOne(
            "{\"userid\":\"a\",\"x\":{\"y\":[1,{}]},\"name\":\"a\u{1F}\\ud83d\\ude00\\/\",\"alias\":\"\\n\"}"
        )
        #expect(user.displayName == "a\u{1F}😀/")
        #expect(user.alias == "\n")
    }

    @Test("a department is mapped, names that are absent stay absent")
    func departments() throws {
        let root = #"{"id":1,"parentid":0,"order":5,"name":"根","name_en":""}"#
        let batch = try PageMapping.map(
            departments: .departments(#"[\#(root),{"parentid":1,"id":2,"department_leader":["b"]}]"#)
        )
        #expect(batch.page == 2)
        #expect(batch.departments.map(\.externalID) == [1, 2])
        #expect(batch.departments.map(\.parentID) == [nil, 1])
        #expect(batch.departments.map(\.name) == ["根", nil])
        #expect(batch.departments.map(\.englishName) == ["", nil])
        #expect(batch.departments.map(\.order) == [5, 0])
        #expect(batch.departments.map(\.leaders) == [[], ["b"]])
    }

    @Test("a department without an id is rejected")
    func departmentWithoutID() throws {
        let batch = try PageMapping.map(departments: .departments(#"[{"name":"x"},{"id":"2"},{"id":3}]"#))
        #expect(batch.departments.map(\.externalID) == [3])
        #expect(batch.rejected.map(\.externalID) == [nil, "2"])
        #expect(batch.rejected.map(\.reason).first == "the field id is missing")
    }

    private func mapOne(_ user: String) throws -> UserRecord {
        let batch = try PageMapping.map(users: .users("[\(user)]"), by: CompiledMapping(MappingRule.defaults))
        #expect(batch.rejected.isEmpty)
        return try #require(batch.users.first)
    }
}

extension UserPage {
    static func users(_ list: String) -> UserPage { UserPage(page: 7, users: RawJSON(bytes: Array(list.utf8))) }
}

extension DepartmentPage {
    static func departments(_ list: String) -> DepartmentPage {
        DepartmentPage(page: 2, departments: RawJSON(bytes: Array(list.utf8)))
    }
}

extension [UInt8] {
    /// The JSON of a page with that list.
    static func users(_ list: String) -> [UInt8] { Array(#"{"page":7,"users":\#(list)}"#.utf8) }

    static func departments(_ list: String) -> [UInt8] { Array(#"{"page":2,"departments":\#(list)}"#.utf8) }
}

extension String {
    /// A user with every field of `wecom.md` §3.6.
    static let full = """
        [{"userid":"ZhangSan","name":"张三 \\"Tiger\\"","department":[2,3],"order":[4294967295,1],
        "position":"高级工程师","mobile":"13800000000","gender":"1","email":"zhang@example.com",
        "is_leader_in_dept":[1,0],"direct_leader":["boss"],"avatar":"http://example.com/a","thumb_avatar":"",
        "telephone":"","english_name":"Tiger","extattr":{"attrs":[
        {"type":0,"name":"工号","text":{"value":"00042"}},
        {"type":1,"name":"主页","web":{"title":"Home","url":"http://example.com"}},
        {"name":"旧","value":"old"},{"type":0,"name":"空","text":{"value":""}}]},
        "status":4,"enable":1,"isleader":1,"hide_mobile":0,"qr_code":"","external_position":"x",
        "external_profile":{"external_corp_name":"y","external_attr":[{"type":0,"name":"n","text":{"value":"v"}}]},
        "address":"广州","open_userid":"woAAAA","main_department":3,"biz_mail":"zs@corp.example.com","new":[{}]}]
        """
}
