import Foundation
import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What WeCom shows an app now, as an administrator looks at it while setting up.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"))
struct LiveTests {
    private static let app: JSON = ["corpID": "ww1e933be11645237c", "agentID": 1_000_002, "secret": "right"]

    /// A connected identity provider, and a WeCom with two departments and one person.
    private func withLive(
        _ body: @escaping @Sendable (TestRegistry, WeComStub, String) async throws -> Void
    ) async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            wecom.answer(
                "department/list",
                [
                    "errcode": 0,
                    "department": [
                        ["id": 1, "parentid": 0, "name": "All <b>"], ["id": 7, "parentid": 1], ["name": "no number"],
                    ],
                ]
            )
            wecom.answer("department/simplelist", ["errcode": 0, "department_id": [["id": 1, "parentid": 0]]])
            wecom.answer("user/simplelist", ["errcode": 0, "userlist": [["userid": "ann", "name": "Ann"]]])
            wecom.answer(
                "user/list",
                [
                    "errcode": 0,
                    "userlist": [
                        [
                            "userid": "ann", "name": "Ann", "position": "Head", "status": 1,
                            "extattr": ["attrs": [["name": "Floor", "type": 0, "text": ["value": "3"]]]],
                        ]
                    ],
                ]
            )
            wecom.answer(
                "user/get",
                [
                    "errcode": 0, "userid": "ann", "name": "Ann", "position": "Head", "status": 1,
                    "extattr": ["attrs": [["name": "Floor", "type": 0, "text": ["value": "3"]]]],
                ]
            )
            try await body(registry, wecom, "idps/\(id)")
        }
    }

    private func connect(_ registry: TestRegistry, _ path: String) async throws {
        let answer = try await registry.send(.patch, path, ["ownApp": Self.app], headers: ["If-Match": "*"])
        #expect(answer.status == 200)
    }

    @Test("departments come as the app sees them, with how many people each has")
    func departments() async throws {
        try await withLive { registry, wecom, path in
            #expect(try await registry.send(.get, "\(path)/departments").status == 409)
            try await connect(registry, path)
            let answer = try await registry.send(.get, "\(path)/departments")
            #expect(answer.status == 200)
            #expect(answer["items"][0] == ["id": 1, "name": "All <b>", "people": 1])
            #expect(answer["items"][1] == ["id": 7, "parentID": 1, "people": 1])
            #expect(answer["items"].array.count == 2)
            wecom.answer("department/list", ["errcode": 60011, "errmsg": "no privilege"])
            #expect(try await registry.send(.get, "\(path)/departments").status == 422)
        }
    }

    @Test("a mapping is tried with live people, the rules in force or those that are given")
    func preview() async throws {
        try await withLive { registry, _, path in
            try await connect(registry, path)
            let asIs = try await registry.send(.post, "\(path)/mapping/preview", [:])
            #expect(asIs.status == 200)
            let person = asIs["people"][0]
            #expect(person["externalID"] == "ann" && person["values"]["title"] == "Head")
            #expect(person["sources"]["extattr.Floor"] == "3")
            let rules: JSON = [["target": "title", "kind": "direct", "source": "extattr.Floor"]]
            let tried = try await registry.send(.post, "\(path)/mapping/preview", ["mapping": rules, "user": "ann"])
            #expect(tried["people"][0]["values"] == ["title": "3", "status": "1"])
            #expect(tried["people"][0]["before"]["title"] == "Head")
            #expect(tried["people"][0]["changes"].array.contains("title"))
            let wrong: JSON = ["mapping": [["target": "nowhere", "kind": "constant", "value": "x"]]]
            #expect(try await registry.send(.post, "\(path)/mapping/preview", wrong).status == 400)
        }
    }

    @Test("rules that ask where departments stand are tried with the departments that the app sees now")
    func departmentPaths() async throws {
        try await withLive { registry, wecom, path in
            try await connect(registry, path)
            let ann: JSON = ["errcode": 0, "userid": "ann", "name": "Ann", "status": 1, "department": [7, 1]]
            let rules: JSON = [
                ["target": "title", "kind": "expression", "expression": "departmentName()"],
                ["target": "address", "kind": "expression", "expression": "join(departmentPath(), \"/\")"],
            ]
            wecom.answer("user/get", ann)
            wecom.answer(
                "department/list",
                [
                    "errcode": 0,
                    "department": [["id": 1, "parentid": 0, "name": "总部"], ["id": 7, "parentid": 1, "name": "研发"]],
                ]
            )
            let body: JSON = ["mapping": rules, "user": "ann", "filter": "contains(departmentPath(), \"外包\")"]
            let tried = try await registry.send(.post, "\(path)/mapping/preview", body)
            #expect(tried["people"][0]["values"]["title"] == "研发")
            #expect(tried["people"][0]["values"]["address"] == "总部/研发")
            #expect(tried["people"][0]["problems"] == [] && tried["people"][0]["isFiltered"] == false)
        }
    }

    @Test("looking too often is refused, so that nobody uses up an enterprise's calls")
    func budget() async throws {
        try await withLive { registry, _, path in
            try await connect(registry, path)
            var statuses: Set<Int> = []
            for _ in 0..<70 { statuses.insert(try await registry.send(.get, "\(path)/departments").status) }
            #expect(statuses.isSubset(of: [200, 429]) && statuses.contains(429))
        }
    }
}
