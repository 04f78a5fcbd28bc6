import JSONCoding
import Messages
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct UserListTests {
    @Test(
        "a list that is null or an empty text is empty, and one that is not there is none",
        arguments: ["null", "\"\""]
    )
    func emptyOtherwise(list: String) throws {
        let body = Array(#"{"errcode":0,"userlist":\#(list),"errmsg":"ok"}"#.utf8)
        #expect(try UserList(departmentAnswer: body, isCaseSensitive: false).keys.isEmpty)
        let others = [#"{"errcode":0}"#, #"{"userlist":"x"}"#, #"{"userlist":0}"#]
        for other in others {
            #expect(throws: JSONError.self) {
                try UserList(departmentAnswer: Array(other.utf8), isCaseSensitive: false)
            }
        }
    }

    @Test("people are known by their ids, where case does not matter by either spelling")
    func keys() throws {
        let body = #"{"userlist":[{"userid":"Ann","x":{"userid":"no"}},{"name":"n","userid":"ann"}],"errcode":0}"#
        let plain = try UserList(departmentAnswer: Array(body.utf8), isCaseSensitive: false)
        #expect(plain.keys == [.sum("ann"), .sum("ann")])
        let encrypted = try UserList(departmentAnswer: Array(body.utf8), isCaseSensitive: true)
        #expect(Set(encrypted.keys).count == 2)
        #expect(
            plain.pages.map { String(decoding: $0.bytes, as: UTF8.self) } == [
                #"[{"userid":"Ann","x":{"userid":"no"}},{"name":"n","userid":"ann"}]"#
            ]
        )
    }

    @Test("people without an id are sent and counted")
    func withoutID() throws {
        let long = String(repeating: "a", count: 130)
        let body =
            #"{"userlist":[{"userid":7},{"userid":""},{},3,{"userid":"\#(long)"},{"userid":"a\u0000"},{"userid":"b"}]}"#
        let list = try UserList(departmentAnswer: Array(body.utf8), isCaseSensitive: false)
        #expect(list.withoutID == 5)
        // A plain number is an id.
        #expect(list.keys == [.sum("7"), .sum("b")])
        #expect(list.shortcomings(of: "Department 1") == ["Department 1 shows 5 people without a user id."])
    }

    @Test("a person whose record no message holds is left out and counted")
    func tooLarge() throws {
        let name = String(repeating: "n", count: 900_000)
        let body = #"{"userlist":[{"userid":"a"},{"userid":"b","name":"\#(name)"}]}"#
        let list = try UserList(departmentAnswer: Array(body.utf8), isCaseSensitive: false)
        #expect(list.tooLarge == 1)
        #expect(list.keys == [.sum("a")])
        #expect(list.pages.count == 1)
    }

    @Test("a department without people has no page")
    func nobody() throws {
        let list = try UserList(departmentAnswer: Array(#"{"errcode":0,"userlist":[]}"#.utf8), isCaseSensitive: false)
        #expect(list.pages.isEmpty)
        #expect(list.keys.isEmpty)
    }

    @Test("each page has the keys of its own people")
    func keysOfPages() throws {
        let filler = String(repeating: "n", count: 150_000)
        let people = (0..<7).map { #"{"userid":"u\#($0)","name":"\#(filler)"}"# } + [#"{"name":"nobody"}"#]
        let body = #"{"userlist":[\#(people.joined(separator: ","))]}"#
        let list = try UserList(departmentAnswer: Array(body.utf8), isCaseSensitive: false)
        #expect(list.pages.count == 4)
        let keys = list.pages.indices.map { Array(list.keys(ofPage: $0)) }
        let expected = (0..<7).map { ContentDigest.sum("u\($0)") }
        #expect(keys == [Array(expected[0..<2]), Array(expected[2..<4]), Array(expected[4..<6]), [expected[6]]])
        #expect(keys.flatMap(\.self) == list.keys)
    }

    @Test("single people's answers make a page together")
    func persons() {
        let bodies = [#"{"errcode":0,"userid":"a"}"#, #"{"errcode":0,"userid":"b"}"#]
        let list = UserList(personAnswers: bodies.map { Array($0.utf8) }, isCaseSensitive: false)
        #expect(list.keys == [.sum("a"), .sum("b")])
        #expect(list.pages.map { String(decoding: $0.bytes, as: UTF8.self) } == ["[\(bodies[0]),\(bodies[1])]"])
    }

    @Test(
        "of single people's answers one that is not of its form falls short alone",
        arguments: [
            "", "null", "[]", "\"a\"", #"{"userid":"x""#, #"{"userid":"x"}}"#, "<html></html>", #"{"userid" "x"}"#,
        ]
    )
    func oddPerson(odd: String) {
        let bodies = [#"{"errcode":0,"userid":"a"}"#, odd, #"{"errcode":0,"userid":"b"}"#]
        let list = UserList(personAnswers: bodies.map { Array($0.utf8) }, isCaseSensitive: false)
        #expect(list.keys == [.sum("a"), .sum("b")])
        #expect(list.pages.map { String(decoding: $0.bytes, as: UTF8.self) } == ["[\(bodies[0]),\(bodies[2])]"])
        #expect((list.tooOdd, list.withoutID) == (1, 0))
    }
}
