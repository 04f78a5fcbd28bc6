import HTTPTypes
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct MessageTests {
    @Test("a text reaches those whom the app sees, once where that is asked for, and who was not reached is said")
    func sends() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let listed = try await corp.listed()
            let user = try #require(listed.users.keys.sorted().first)
            let body: JSON = [
                "touser": .string("\(user)|Nobody"), "agentid": .integer(corp.agentIDs[0]), "msgtype": "text",
                "text": ["content": "你好"], "enable_duplicate_check": 1,
            ]
            for _ in 1...2 {
                let answer = try await corp.api("message/send", [:], body)
                #expect(answer.errorCode == 0)
                #expect(answer["invaliduser"]?.text == "nobody")
            }
            let got = try await corp.control(.get, "messages")["messages"]?.elements ?? []
            #expect(got.count == 1)
            #expect(got.first?["users"]?.texts == [user])
            #expect(got.first?["text"]?.text == "你好")
        }
    }

    @Test("a message to nobody, of another app, or of no text is refused by WeCom's codes")
    func refuses() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let agent = JSON.integer(corp.agentIDs[0])
            let text: JSON = ["content": "x"]
            let codes = try await [
                corp.api("message/send", [:], ["touser": "Nobody", "agentid": agent, "msgtype": "text", "text": text]),
                corp.api("message/send", [:], ["touser": "a", "agentid": 1, "msgtype": "text", "text": text]),
                corp.api("message/send", [:], ["touser": "a", "agentid": agent, "msgtype": "text", "text": [:]]),
            ].map(\.errorCode)
            #expect(codes == [81_013, 301_002, 40_058])
        }
    }
}
