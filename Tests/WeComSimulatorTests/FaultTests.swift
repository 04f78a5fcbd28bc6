import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct FaultTests {
    @Test("an error code comes as often as ordered, after as many good calls as ordered, for its department")
    func errorCode() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            try await wecom.control(
                .post,
                "faults",
                [
                    "path": "user/list", "corpID": .string(corp.id), "departmentID": 2, "kind": "errcode", "code": -1,
                    "times": 2, "afterCalls": 1,
                ]
            )
            var codes: [Int?] = []
            for _ in 0..<5 { codes.append(try await corp.api("user/list", ["department_id": "2"]).errorCode) }
            #expect(codes == [0, -1, -1, 0, 0])
        }
    }

    @Test("a fault of one corp does not meet another, nor another call")
    func otherCorp() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let other = try await wecom.makeCorp()
            try await wecom.control(
                .post,
                "faults",
                ["path": "department/list", "corpID": .string(corp.id), "kind": "errcode", "code": 45009]
            )
            #expect(try await other.api("department/list").errorCode == 0)
            #expect(try await corp.api("department/simplelist").errorCode == 0)
            #expect(try await corp.api("department/list").errorCode == 45009)
            try await wecom.control(.delete, "faults")
            #expect(try await corp.api("department/list").errorCode == 0)
        }
    }

    @Test("an empty answer has an empty list and no error")
    func empty() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            try await wecom.control(.post, "faults", ["path": "*", "kind": "empty"])
            let token = try await wecom.simulator.tokens.issue(
                to: .agent(corpID: corp.id, agentID: corp.agentIDs[0]),
                lifetime: 100
            ).token
            let list = try await wecom.api("department/list", ["access_token": token])
            #expect(list.errorCode == 0)
            #expect(list["department"]?.elements == [])
            let users = try await wecom.api("user/list", ["access_token": token, "department_id": "1"])
            #expect(users["userlist"]?.elements == [])
        }
    }

    @Test("a truncated answer, garbage, another status and a broken connection are what they say")
    func broken() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let token = try await corp.token()
            let uri = "/cgi-bin/user/list?access_token=\(token)&department_id=1"
            let whole = try await wecom.send(.get, uri).body
            func once(_ kind: String) async throws {
                let fault: JSON = ["path": "user/list", "kind": .string(kind), "times": 1, "status": 502]
                try await wecom.control(.post, "faults", fault)
            }
            try await once("truncate")
            #expect(try await wecom.send(.get, uri).body.readableBytes == whole.readableBytes / 2)
            try await once("garbage")
            #expect(String(buffer: try await wecom.send(.get, uri).body).hasPrefix("<!DOCTYPE"))
            try await once("http")
            #expect(try await wecom.send(.get, uri).status == .badGateway)
            try await once("disconnect")
            await #expect(throws: (any Error).self) { try await wecom.send(.get, uri) }
        }
    }

    @Test("a delay holds the answer back")
    func delay() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            try await wecom.control(.post, "faults", ["path": "agent/list", "kind": "delay", "seconds": 0.3])
            let start = ContinuousClock.now
            #expect(try await corp.api("agent/list").errorCode == 0)
            #expect(ContinuousClock.now - start >= .milliseconds(300))
        }
    }

    @Test("beyond so many calls a minute of one API 45009 answers, until the minute is over")
    func rateLimit() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let other = try await wecom.makeCorp()
            try await wecom.control(.put, "limits", ["callsPerMinute": 3])
            let token = try await corp.token()
            var codes: [Int?] = []
            for _ in 0..<5 { codes.append(try await wecom.api("agent/list", ["access_token": token]).errorCode) }
            #expect(codes == [0, 0, 0, 45009, 45009])
            #expect(try await wecom.api("tag/list", ["access_token": token]).errorCode == 0)
            #expect(try await other.api("agent/list").errorCode == 0)
            try await wecom.control(.post, "clock", ["advanceSeconds": 61])
            #expect(try await wecom.api("agent/list", ["access_token": token]).errorCode == 0)
        }
    }

    @Test("more calls at once than allowed get 45033, and the statistics tell how many there were")
    func concurrency() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let permit = wecom.simulator.statistics.enter("agent/list", corpID: corp.id)
            try await wecom.control(.put, "limits", ["concurrency": 1])
            #expect(try await corp.api("agent/list").errorCode == 45033)
            wecom.simulator.statistics.leave(permit)
            #expect(try await corp.api("agent/list").errorCode == 0)
            let report = try await wecom.control(.get, "statistics")
            let agentList = try #require(report["apis"]?["agent/list"])
            #expect(agentList["calls"]?.integer == 3)
            #expect(agentList["maximumConcurrency"]?.integer == 2)
            #expect(agentList["refusals"]?["45033"]?.integer == 1)
        }
    }

    @Test("the control API says what is wrong with a request")
    func badControl() async throws {
        try await withSimulator { wecom in
            let cases: [(HTTPRequest.Method, String, JSON?, HTTPResponse.Status)] = [
                (.post, "/control/faults", ["path": "x", "kind": "y"], .badRequest),
                (.post, "/control/faults", ["kind": "empty"], .badRequest),
                (.post, "/control/corps", ["users": -1], .badRequest),
                (.get, "/control/corps/ww0/truth", nil, .notFound),
                (.get, "/cgi-bin/no/such", nil, .notFound),
            ]
            for (method, path, body, status) in cases {
                let answer = try await wecom.send(method, path, body)
                #expect(answer.status == status, "\(path)")
            }
        }
    }
}
