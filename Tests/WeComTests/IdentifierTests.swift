import FoundationEssentials
import Testing
import WeCom

@Suite("Identifiers", .timeLimit(.minutes(5)))
struct IdentifierTests {
    @Test("plain corp IDs are the same in any case and keep their spelling")
    func plainCorp() throws {
        let upper = try CorpID("WW1E933BE11645237C")
        let lower = try CorpID("ww1e933be11645237c")
        #expect(upper == lower)
        #expect(Set([upper, lower]).count == 1)
        #expect(upper.rawValue == "WW1E933BE11645237C")
        #expect(upper.isPlain)
    }

    @Test("encrypted corp IDs are exact")
    func encryptedCorp() throws {
        let one = try CorpID("wpOolDCwAAaNp2bgvLbNfaDiQwMy9vlQ")
        #expect(try one != CorpID("wpooldcwaaanp2bgvlbnfadiqwmy9vlq"))
        #expect(!one.isPlain)
    }

    @Test("what cannot be a corp ID is refused with the rule", arguments: ["", "ww", "ww 1", "企业", "ww1;drop", "a/b"])
    func badCorp(text: String) {
        let error = #expect(throws: InvalidIdentifier.self) { try CorpID(text) }
        #expect(error?.description.contains("corp ID must be") == true)
    }

    @Test("user IDs follow the case rule of their enterprise")
    func users() throws {
        let plain = try CorpID("ww1e933be11645237c")
        let encrypted = try CorpID("wpOolDCwAAaNp2bgvLbNfaDiQwMy9vlQ")
        #expect(try WeComUserID("ZhangSan", of: plain) == WeComUserID("zhangsan", of: plain))
        #expect(try WeComUserID("woA", of: encrypted) != WeComUserID("woa", of: encrypted))
        #expect(try WeComUserID("ZhangSan", of: plain).canonical == "zhangsan")
        #expect(try WeComUserID("ww1e933be11645237c/lisi", of: plain).rawValue == "ww1e933be11645237c/lisi")
        #expect(throws: InvalidIdentifier.self) { try WeComUserID("", of: plain) }
        #expect(throws: InvalidIdentifier.self) { try WeComUserID("a\nb", of: plain) }
        #expect(throws: InvalidIdentifier.self) { try WeComUserID(String(repeating: "a", count: 65), of: plain) }
    }

    @Test("agent IDs are positive numbers")
    func agents() throws {
        #expect(try AgentID("1000002").rawValue == 1_000_002)
        for text in ["", "0", "-1", "1e3", "99999999999", "1000002 "] {
            #expect(throws: InvalidIdentifier.self, "\(text)") { try AgentID(text) }
        }
    }

    @Test("templates are told from suites")
    func suites() throws {
        #expect(try SuiteID("dk4asffe9xxx4c0f4c").isTemplate)
        #expect(try SuiteID("ww4asffe99e54c0f4c").isTemplate == false)
    }

    @Test("identifiers are plain strings and numbers in JSON, and checked")
    func json() throws {
        let corp = try CorpID("ww1e933be11645237c")
        let json = try JSONEncoder().encode([corp])
        #expect(String(decoding: json, as: UTF8.self) == #"["ww1e933be11645237c"]"#)
        #expect(try JSONDecoder().decode([CorpID].self, from: json) == [corp])
        #expect(throws: (any Error).self) { try JSONDecoder().decode([CorpID].self, from: Data(#"[""]"#.utf8)) }
        #expect(try JSONDecoder().decode([AgentID].self, from: Data("[1000002]".utf8)) == [AgentID(1_000_002)])
        #expect(throws: (any Error).self) { try JSONDecoder().decode([AgentID].self, from: Data("[0]".utf8)) }
    }
}
