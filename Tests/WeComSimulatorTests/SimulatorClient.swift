import AsyncHTTPClient
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import WeComSimulator

/// Runs a WeCom of its own for one test, on a port of its own.
func withSimulator(_ test: @escaping @Sendable (SimulatorClient) async throws -> Void) async throws {
    var logger = Logger(label: "simulator-tests")
    logger.logLevel = .critical
    let simulator = Simulator(client: HTTPClient.shared, logger: logger)
    let application = simulator.makeApplication(host: "127.0.0.1", port: 0, logger: logger)
    try await application.test(.live) { client in
        try await test(SimulatorClient(client: client, simulator: simulator))
    }
}

/// Calls the simulator as a client, an administrator or a test does.
struct SimulatorClient: Sendable {
    let client: any TestClientProtocol
    let simulator: Simulator

    var url: String { "http://localhost:\(client.port ?? 0)" }

    func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ body: JSON? = nil
    ) async throws -> TestResponse {
        try await client.execute(uri: uri, method: method, body: body?.bytes)
    }

    /// A call of the control API, which must succeed.
    @discardableResult
    func control(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let response = try await send(method, "/control/\(path)", body)
        #expect((200..<300).contains(response.status.code), "\(path): \(String(buffer: response.body))")
        return try JSON(lenient: response.body)
    }

    /// A call of WeCom's API, whatever it answers; the HTTP status is always 200.
    func api(_ path: String, _ query: [String: String] = [:], _ body: JSON? = nil) async throws -> JSON {
        let query = query.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "&")
        let response = try await send(body == nil ? .get : .post, "/cgi-bin/\(path)?\(query)", body)
        #expect(response.status == .ok)
        return try JSON(lenient: response.body)
    }

    /// Fills in a page's form and sends it.
    func submit(_ uri: String, _ fields: [String: String], cookie: String? = nil) async throws -> TestResponse {
        let body = fields.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        headers[.cookie] = cookie
        return try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    func makeCorp(users: Int = 60, departments: Int = 8, seed: Int = 1, ownApps: Int = 1) async throws -> TestCorp {
        let made = try await control(
            .post,
            "corps",
            [
                "users": .integer(users), "departments": .integer(departments), "seed": .integer(seed),
                "ownApps": .integer(ownApps),
            ]
        )
        let id = try #require(made["corpID"]?.text)
        let apps = try #require(made["apps"]?.elements)
        return TestCorp(
            wecom: self,
            id: id,
            agentIDs: apps.compactMap { $0["agentID"]?.integer },
            secrets: apps.compactMap { $0["secret"]?.text },
            contactSyncSecret: try #require(made["contactSyncSecret"]?.text),
            administrator: Account(
                name: try #require(made["administrator"]?["account"]?.text),
                password: try #require(made["administrator"]?["password"]?.text)
            )
        )
    }
}

/// A corp that a test made.
struct TestCorp: Sendable {
    let wecom: SimulatorClient
    let id: String
    let agentIDs: [Int]
    let secrets: [String]
    let contactSyncSecret: String
    let administrator: Account

    func token(secret: String? = nil) async throws -> String {
        let answer = try await wecom.api("gettoken", ["corpid": id, "corpsecret": secret ?? secrets[0]])
        return try #require(answer["access_token"]?.text)
    }

    /// A call with the token of the first own app.
    func api(_ path: String, _ query: [String: String] = [:], _ body: JSON? = nil) async throws -> JSON {
        var query = query
        query["access_token"] = try await token()
        return try await wecom.api(path, query, body)
    }

    @discardableResult
    func control(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        try await wecom.control(method, "corps/\(id)/\(path)", body)
    }

    func setRange(departments: [Int] = [], users: [String] = [], tags: [Int] = []) async throws {
        try await control(
            .put,
            "visible-range",
            [
                "agentID": .integer(agentIDs[0]), "departments": JSON(departments), "users": JSON(users),
                "tags": JSON(tags),
            ]
        )
    }

    /// What the list calls give: departments, and users by ID.
    func listed() async throws -> (departments: [JSON], users: [String: JSON]) {
        let token = try await token()
        let answer = try await wecom.api("department/list", ["access_token": token])
        let departments = try #require(answer["department"]?.elements)
        var users: [String: JSON] = [:]
        for department in departments {
            let id = try #require(department["id"]?.integer)
            let page = try await wecom.api("user/list", ["access_token": token, "department_id": "\(id)"])
            for user in try #require(page["userlist"]?.elements) {
                users[try #require(user["userid"]?.text)] = user
            }
        }
        return (departments, users)
    }

    func truth() async throws -> (departments: [JSON], users: [String: JSON]) {
        let truth = try await control(.get, "truth?agentID=\(agentIDs[0])")
        let users = try #require(truth["users"]?.elements)
        return (
            try #require(truth["departments"]?.elements),
            Dictionary(uniqueKeysWithValues: users.map { ($0["userid"]?.text ?? "", $0) })
        )
    }

    /// Fails the test where the list calls give anything but the truth.
    func expectTruth(_ sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let listed = try await listed()
        let truth = try await truth()
        #expect(listed.users == truth.users, sourceLocation: sourceLocation)
        let departments = listed.departments.sorted { ($0["id"]?.integer ?? 0) < ($1["id"]?.integer ?? 0) }
        #expect(departments.map(\.identity) == truth.departments.map(\.identity), sourceLocation: sourceLocation)
    }
}

extension JSON {
    /// Also with bare control characters inside strings, as WeCom sends them.
    init(lenient bytes: ByteBuffer) throws {
        var text = String(buffer: bytes)
        for code in UInt8(0)..<0x20 {
            let escape = "\\u00\(code < 16 ? "0" : "")\(String(code, radix: 16))"
            let character = String(Unicode.Scalar(code))
            if text.contains(character) { text = text.replacing(character, with: escape) }
        }
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    var errorCode: Int? { self["errcode"]?.integer }

    /// What both `department/list` and the truth say of a department.
    fileprivate var identity: [JSON?] { [self["id"], self["parentid"], self["name"], self["order"]] }
}
