import Foundation
import JSONCoding
import Messages
import Testing

@testable import Fetcher

/// What leaves the fetcher is JSON for every reader, whatever WeCom wrote.
@Suite(.timeLimit(.minutes(5)))
struct StrictAnswerTests {
    private static let people = [
        #"{"userid":"ZhangSan","name":"张三 \"虎\"","department":[2,3],"order":[4294967295,1],"status":1}"#,
        #"{ "userid" : "li", "name":"\u674e\ud83d\ude00", "extattr":{"attrs":[{"type":0,"text":{"value":""}}]} }"#,
        #"{"x":[1.5,-2e3,true,false,null,{}],"userid":"wang","position":"a\\b\/c\n","avatar":"https://a/b?c=d"}"#,
    ]

    @Test("what is strict JSON travels byte for byte")
    func untouched() throws {
        let list = try Self.list(Self.people.map { Array($0.utf8) })
        #expect(Self.texts(list.pages) == ["[\(Self.people.joined(separator: ","))]"])
        #expect(list.keys.count == 3)
    }

    @Test("of an odd record only what is odd is mended, and the others of its page stay as they are")
    func mended() throws {
        let odd = Array("{\"userid\":\"li\", \"name\":\"a\u{1}b\",\"n\":[1]}".utf8)
        let list = try Self.list([Array(Self.people[0].utf8), odd])
        let mended = #"{"userid":"li","name":"a\u0001b","n":[1]}"#
        #expect(Self.texts(list.pages) == ["[\(Self.people[0]),\(mended)]"])
    }

    @Test("a record that cannot be mended is left out and counted, and the others travel")
    func tooOdd() throws {
        let odd = [#"{"userid":"x","a":[1}]"#, #"{"userid" "x"}"#, #"{"a":,}"#].map { Array($0.utf8) }
        let list = try Self.list([Array(Self.people[0].utf8)] + odd)
        #expect(list.tooOdd == 3)
        #expect(list.keys.count == 1)
        #expect(list.shortcomings(of: "Department 1") == ["Department 1 shows 3 people whose records cannot be read."])
    }

    @Test("whatever bytes are changed, a foreign reader takes every page, with as many people", arguments: 0..<40)
    func mutated(seed: Int) throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            var people = Self.people.map { Array($0.utf8) }
            for _ in 0...(seed % 4) { Self.mutate(&people[Int.random(in: 0..<3, using: &random)], &random) }
            guard let list = try? Self.list(people) else { continue }
            var count = 0
            for page in list.pages {
                let message = try UserPage(page: 1, users: page).encode()
                let object = try? JSONSerialization.jsonObject(with: Data(message)) as? [String: Any]
                let users = object?["users"] as? [Any]
                #expect(users != nil, "\(String(decoding: message, as: UTF8.self))")
                count += users?.count ?? 0
            }
            #expect(count == list.keys.count + list.withoutID)
        }
    }

    @Test("departments are mended, too, and so is whoever is read alone")
    func others() throws {
        let departments = try DepartmentList(Array("{\"department\":[{\"id\":1,\"name\":\"a\u{2}\"}]}".utf8))
        let records = departments.departments.map { String(decoding: departments.bytes(of: $0), as: UTF8.self) }
        #expect(records == [#"{"id":1,"name":"a\u0002"}"#])
        let person = Array("{\"errcode\":0,\"userid\":\"a\",\"name\":\"\u{3}\"}".utf8)
        let list = UserList(personAnswers: [person], isCaseSensitive: false)
        #expect(Self.texts(list.pages) == [#"[{"errcode":0,"userid":"a","name":"\u0003"}]"#])
    }

    private static func list(_ people: [[UInt8]]) throws -> UserList {
        var answer = Array(#"{"errcode":0,"userlist":["#.utf8)
        answer += people.joined(separator: [UInt8(ascii: ",")])
        answer += "]}".utf8
        return try UserList(departmentAnswer: answer, isCaseSensitive: false)
    }

    private static func texts(_ pages: [RawJSON]) -> [String] {
        pages.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator) {
        let controls: [UInt8] = [0x00, 0x01, 0x0A, 0x1F, 0x7F, 0x80, 0xC0, 0xE4, 0xED, 0xFF]
        let odd = Array(",:[]{}\"\\u0e.-+dD".utf8) + controls
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte = odd.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: bytes.remove(at: place)
        }
    }
}
