import Foundation
import JSONCoding
import Messages
import Testing

@testable import Fetcher
@testable import Mapping

/// A bad field is a bad field: whatever is odd about one, all else of the record arrives (architecture.md §3.4).
@Suite(.timeLimit(.minutes(5)))
struct OddAnswersTests {
    @Test("every good field of a person arrives, and each bad one is told and kept", arguments: OddPerson.all)
    func person(odd: OddPerson) throws {
        let batch = try map(#"{"userid":"odd","#.utf8 + odd.members + "}".utf8)
        #expect(batch.rejected.isEmpty)
        let record = try #require(batch.users.first { $0.externalID == "odd" })
        for arrival in odd.arrives { #expect(arrival.holds(of: record), "\(arrival) of \(record)") }
        let told = Dictionary(batch.fieldProblems.map { ($0.field, $0.kind) }) { first, _ in first }
        #expect(told == odd.told)
        #expect(batch.fieldProblems.count == told.count)
        #expect(batch.fieldProblems.allSatisfy { $0.object == .user("odd") })
        // The others of the page are as they are without this one.
        #expect(batch.users.filter { $0.externalID != "odd" } == (try map([])).users)
    }

    @Test("whoever is disabled in WeCom is disabled, whatever else is odd", arguments: OddPerson.all)
    func disabled(odd: OddPerson) throws {
        guard !odd.isAboutStatus else { return }
        let batch = try map(#"{"userid":"odd","#.utf8 + odd.members + #","status":2}"#.utf8)
        #expect(batch.users.first { $0.externalID == "odd" }?.status == .disabled)
    }

    @Test(
        "no field of any shape refuses a person or a department, or keeps their other fields back",
        arguments: [
            "null", "true", "0", "-1", "1.5", "1e300", "99999999999999999999", #""""#, #""x""#, #""1,x""#, #""\u0000""#,
            "[]", "[null]", "[[]]", #"["x",1]"#, "[{}]", "{}", #"{"attrs":7}"#, #"{"attrs":[[],{"name":{}}]}"#,
            #"{"value":{"value":[]}}"#, "01", #""\ud83d""#,
        ]
    )
    func anyShape(json: String) throws {
        for key in WeComUser.Key.allCases where key != .userid {
            let isStatus = key == .status
            let good = #""userid":"odd","biz_mail":"good"\#(isStatus ? #","enable":0"# : #","status":2"#)"#
            let batch = try map(#"{"\#(key.rawValue)":\#(json),\#(good)}"#.utf8 + [])
            let record = try #require(batch.users.first { $0.externalID == "odd" }, "\(key)")
            #expect(record.status == .disabled, "\(key)")
            #expect(batch.users.count == 3)
        }
        for key in WeComDepartment.Key.allCases where key != .id {
            let list = try DepartmentList(answer("department", Array(#"{"\#(key.rawValue)":\#(json),"id":9}"#.utf8)))
            let mapped = try PageMapping.map(departments: strict(page(of: list)))
            #expect(mapped.departments.map(\.externalID) == [7, 9, 8])
        }
    }

    @Test(
        "an id is a text or a plain number, and nobody else is refused",
        arguments: [
            (#""odd""#, "odd"), ("7", "7"), ("-0", "0"), (#""7""#, "7"), ("007", "007"), (#""张三""#, "张三"),
            (#""\#(String(repeating: "a", count: 129))""#, String(repeating: "a", count: 129)),
            (#""a\ud83d""#, "a\u{FFFD}"),
            ("7.5", nil), ("true", nil), ("null", nil), (#""""#, nil), ("[]", nil), (#"{"userid":"odd"}"#, nil),
            (#""a\u0000""#, nil), (#""\#(String(repeating: "a", count: 130))""#, nil),
        ] as [(String, String?)]
    )
    func id(json: String, id: String?) throws {
        let person = Array(#"{"name":"secret","userid":\#(json),"status":2}"#.utf8)
        let batch = try map(person)
        #expect(batch.users.count == (id == nil ? 2 : 3))
        #expect(batch.rejected.count == (id == nil ? 1 : 0))
        #expect(batch.rejected.allSatisfy { $0.reason.contains("the field userid") && !$0.reason.contains("secret") })
        if let id { #expect(batch.users.first { $0.externalID == id }?.status == .disabled) }
        // Both services call the person by the same name.
        let list = try UserList(departmentAnswer: answer("userlist", person), isCaseSensitive: true)
        #expect(list.withoutID == (id == nil ? 1 : 0))
        if let id { #expect(list.keys.contains(DirectoryKey(id, isCaseSensitive: true).digest)) }
    }

    @Test("who is no object is refused alone", arguments: ["5", #""x""#, "null", "true", "[]", #"[{"userid":"x"}]"#])
    func noObject(json: String) throws {
        let batch = try map(Array(json.utf8))
        #expect(batch.users.map(\.externalID) == ["before", "after"])
        #expect(batch.rejected.map(\.externalID) == [nil])
    }

    @Test("every good field of a department arrives, and each bad one is told and kept", arguments: OddDepartment.all)
    func department(odd: OddDepartment) throws {
        let list = try DepartmentList(answer("department", Array("{\(odd.members)}".utf8)))
        let batch = try PageMapping.map(departments: strict(page(of: list)))
        #expect(list.withoutID == (odd.arrives == nil ? 1 : 0))
        #expect(batch.rejected.isEmpty)
        var record = batch.departments.first { $0.externalID == 9 }
        record?.contentHash = .zero
        #expect(record == odd.arrives)
        #expect(batch.fieldProblems.map(\.field) == odd.told.map(\.0))
        #expect(batch.fieldProblems.map(\.kind) == odd.told.map(\.1))
        #expect(batch.departments.count == (odd.arrives == nil ? 2 : 3))
    }

    /// Takes the way of an answer to `user/list`: the fetcher's reading, the message, the mapper's reading.
    private func map(_ person: [UInt8]) throws -> UserBatch {
        let list = try UserList(departmentAnswer: answer("userlist", person), isCaseSensitive: false)
        #expect(list.tooOdd == 0)
        #expect(list.pages.count == 1)
        let page = UserPage(page: 1, users: try #require(list.pages.first))
        return try PageMapping.map(users: strict(page), by: .ofOddAnswers)
    }

    /// The message that the fetcher makes of departments.
    private func page(of list: DepartmentList) throws -> DepartmentPage {
        var cutter = PageCutter()
        for department in list.departments {
            let isAdded = cutter.add(list.bytes(of: department))
            #expect(isAdded)
        }
        return DepartmentPage(page: 1, departments: try #require(cutter.finish().first))
    }

    /// WeCom's answer with an object between two plain ones.
    private func answer(_ list: String, _ object: [UInt8]) -> [UInt8] {
        let (before, after) =
            list == "userlist"
            ? (#"{"userid":"before","name":"B","department":[1]}"#, #"{"userid":"after","status":1}"#)
            : (#"{"id":7,"parentid":1}"#, #"{"id":8,"parentid":7,"name":"八"}"#)
        let middle = object.isEmpty ? [] : object + [UInt8(ascii: ",")]
        return #"{"errcode":0,"errmsg":"ok","\#(list)":[\#(before),"#.utf8 + middle + "\(after)]}".utf8
    }

    /// The message's JSON, which every reader takes.
    private func strict(_ message: some Message) throws -> [UInt8] {
        let json = try message.encode()
        _ = try JSONSerialization.jsonObject(with: Data(json))
        return json
    }
}
