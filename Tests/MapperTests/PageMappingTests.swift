import JSONCoding
import Messages
import Testing

@testable import Mapping

@Suite(.timeLimit(.minutes(5)))
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
        #expect(user.memberships == nil)
        #expect(user.leaders == nil)
        #expect(user.status == nil)
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

    @Test("a stand-in takes the place of what is not there, and not of what cannot be taken")
    func standIn() throws {
        let mobile = DirectoryField.mobile.rawValue
        let rules = [MappingRule(target: mobile, kind: .direct, source: "mobile", value: "none", missing: .default)]
        let odd = #"{"userid":"c","mobile":{}},{"userid":"d","mobile":1}"#
        let people = #"[{"userid":"a"},{"userid":"b","mobile":""},\#(odd)]"#
        let batch = try PageMapping.map(users: .users(people), by: CompiledMapping(rules))
        #expect(batch.users.map(\.mobile) == ["none", "none", nil, "1"])
    }

    @Test("a constant that the directory cannot keep changes nobody")
    func badConstant() throws {
        let long = String(repeating: "x", count: 2_049)
        let rules = [MappingRule(target: DirectoryField.title.rawValue, kind: .constant, value: long)]
        let batch = try PageMapping.map(users: .users(#"[{"userid":"a"}]"#), by: CompiledMapping(rules))
        #expect(batch.users.map(\.title) == [nil])
        #expect(batch.fieldProblems.isEmpty)
    }

    @Test("what is told of one person is not told of the next, who takes their place in memory")
    func problemsOfOne() throws {
        let people = #"[{"userid":"a","name":{},"department":[1,"x"],"extattr":[{}]},{"userid":"b","extattr":[]}]"#
        let batch = try PageMapping.map(users: .users(people), by: .ofOddAnswers)
        #expect(Set(batch.fieldProblems.map(\.object)) == [.user("a")])
        #expect(batch.users.map(\.attributes["badge"]) == [nil, ""])
        #expect(batch.users.map { $0.memberships?.count } == [1, nil])
    }

    @Test("an element that is no object is rejected")
    func noObject() throws {
        let batch = try PageMapping.map(users: .users(#"[5,"x",null,{"userid":"a"}]"#), by: CompiledMapping([]))
        #expect(batch.users.count == 1)
        #expect(batch.rejected.count == 3)
    }

    @Test("reasons and problems hold no value of a person")
    func reasonsAreClean() throws {
        let people = #"[{"userid":{"x":"secretid"},"name":"secretname"},{"userid":"a","mobile":{"x":"secretmobile"}}]"#
        let batch = try PageMapping.map(users: .users(people), by: CompiledMapping(MappingRule.defaults))
        #expect(batch.rejected.map(\.reason) == ["the field userid is of another type than an id's"])
        #expect(batch.fieldProblems == [FieldProblem(.user("a"), field: "mobile", .wrongType)])
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
        #expect(batch.departments.map(\.parentID) == [0, 1])
        #expect(batch.departments.map(\.name) == ["根", nil])
        #expect(batch.departments.map(\.englishName) == ["", nil])
        #expect(batch.departments.map(\.order) == [5, nil])
        #expect(batch.departments.map(\.leaders) == [nil, ["b"]])
    }

    @Test("a department without an id is rejected")
    func departmentWithoutID() throws {
        let batch = try PageMapping.map(departments: .departments(#"[{"name":"x"},{"id":"two"},{"id":3}]"#))
        #expect(batch.departments.map(\.externalID) == [3])
        #expect(
            batch.rejected.map(\.reason) == ["the field id is missing", "the field id is of another type than an id's"]
        )
    }

    @Test("of departments that are below each other the smallest is a root, with a digest of its own, and it is told")
    func ring() throws {
        let ring = #"{"id":3,"parentid":5,"name":"x"},{"id":5,"parentid":4},{"id":4,"parentid":3}"#
        let list = #"[{"id":1,"parentid":0},\#(ring),{"id":6,"parentid":5},{"id":7,"parentid":7}]"#
        let batch = try PageMapping.map(departments: .departments(list))
        #expect(batch.departments.map(\.parentID) == [0, 0, 4, 3, 5, 0])
        #expect(
            batch.fieldProblems == [3, 7].map { FieldProblem(.department($0), field: "parentid", .cycle) }
        )
        let root = try PageMapping.map(departments: .departments(#"[{"id":3,"parentid":0,"name":"x"}]"#))
        #expect(batch.departments[1].contentHash == root.departments[0].contentHash)
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
