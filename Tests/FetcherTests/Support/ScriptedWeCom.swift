import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// A WeCom that answers by a script, byte for byte.
actor ScriptedWeCom {
    /// What comes instead of the usual answer, once.
    enum Odd: Sendable {
        case body(String)
        case error(Int)
        case status(Int)
        /// The first half of the usual answer.
        case truncated
        /// The usual answer, once it is let go.
        case held
        /// The token is refused as expired, and so is whatever else used it.
        case expiredToken
    }

    /// The list's objects, as they are sent.
    var departments: [String]
    /// By department, as they are sent.
    var people: [Int64: [String]]
    /// By user id: what `user/get` adds to the envelope.
    var persons: [String: String] = [:]
    /// By department: the list of it and what is below.
    var subtrees: [Int64: [String]] = [:]
    /// By department: the body of `department/get`.
    var singles: [Int64: String]
    /// By tag: the body of `tag/get`.
    var tags: [Int64: String] = [:]
    /// The body of `agent/get`.
    var agent: String

    private var tokens: Set<String> = []
    private var tokenCount = 0
    private var script: [String: [Odd]] = [:]
    private var always: [String: Odd] = [:]
    private var gates: [String: CheckedContinuation<Void, Never>] = [:]
    private(set) var calls: [String] = []

    init(departments: [String], people: [Int64: [String]], range: [Int64], singles: [Int64: String] = [:]) {
        self.singles = singles
        self.departments = departments
        self.people = people
        agent = Self.agent(range)
    }

    static func agent(_ departments: [Int64], users: [String] = [], tags: [Int64] = []) -> String {
        let users = users.map { #"{"userid":"\#($0)"}"# }.joined(separator: ",")
        return #"""
            {"errcode":0,"errmsg":"ok","agentid":1000002,"name":"app","close":0,
            "allow_userinfos":{"user":[\#(users)]},"allow_partys":{"partyid":\#(departments)},
            "allow_tags":{"tagid":\#(tags)}}
            """#
    }

    func update(_ change: @Sendable (isolated ScriptedWeCom) -> Void) { change(self) }

    /// The next calls of `call`, such as `user/list 5`, are answered so, one after the other.
    func next(_ call: String, _ odd: Odd...) { script[call, default: []] += odd }

    /// Every call of `call` is answered so.
    func whenever(_ call: String, _ odd: Odd) { always[call] = odd }

    func letGo(_ call: String) { gates.removeValue(forKey: call)?.resume() }

    func isHeld(_ call: String) -> Bool { gates[call] != nil }

    func count(of call: String) -> Int { calls.count { $0 == call } }

    func answer(_ path: String, _ query: [String: String]) async -> (status: Int, body: [UInt8]) {
        let call = Self.name(path, query)
        calls.append(call)
        guard path == "gettoken" || tokens.contains(query["access_token"] ?? "") else { return Self.error(42001) }
        var odd = always[call]
        if let next = script[call]?.first {
            script[call]?.removeFirst()
            odd = next
        }
        switch odd {
        case .body(let body): return (200, Array(body.utf8))
        case .error(let code): return Self.error(code)
        case .status(let status): return (status, Array("oops".utf8))
        case .expiredToken:
            tokens = []
            return Self.error(42001)
        case .truncated:
            let body = usual(path, query)
            return (200, Array(body.prefix(body.count / 2)))
        case .held:
            await withCheckedContinuation { gates[call] = $0 }
            return (200, usual(path, query))
        case nil: return (200, usual(path, query))
        }
    }

    private func usual(_ path: String, _ query: [String: String]) -> [UInt8] {
        let number = query["department_id"].flatMap { Int64($0) } ?? query["tagid"].flatMap { Int64($0) } ?? 0
        let text =
            switch path {
            case "gettoken": newToken()
            case "agent/get": agent
            case "department/list":
                list("department", query["id"].flatMap { Int64($0) }.map { subtrees[$0] ?? [] } ?? departments)
            case "user/list": list("userlist", people[number] ?? [])
            case "tag/get": tags[number] ?? ""
            case "department/get":
                singles[query["id"].flatMap { Int64($0) } ?? 0]
                    ?? #"{"errcode":60123,"errmsg":"invalid party id"}"#
            case "user/get":
                persons[query["userid"] ?? ""] ?? #"{"errcode":60111,"errmsg":"userid not found"}"#
            default: #"{"errcode":40058,"errmsg":"no such call"}"#
            }
        return Array(text.utf8)
    }

    private func newToken() -> String {
        tokenCount += 1
        tokens.insert("token\(tokenCount)")
        return #"{"errcode":0,"errmsg":"ok","access_token":"token\#(tokenCount)","expires_in":7200}"#
    }

    private func list(_ name: String, _ elements: [String]) -> String {
        #"{"errcode":0, "errmsg":"ok","\#(name)":[\#(elements.joined(separator: ",\n"))]}"#
    }

    private static func error(_ code: Int) -> (Int, [UInt8]) {
        (200, Array(#"{"errcode":\#(code),"errmsg":"scripted, hint: [1_2], from ip: 10.0.0.1"}"#.utf8))
    }

    private static func name(_ path: String, _ query: [String: String]) -> String {
        let subject = query["department_id"] ?? query["userid"] ?? query["tagid"] ?? query["id"]
        return subject.map { "\(path) \($0)" } ?? path
    }
}

extension ScriptedWeCom {
    /// Serves the script on a free port while `body` runs.
    nonisolated func serving<Result: Sendable>(_ body: @Sendable (Int) async throws -> Result) async throws -> Result {
        let router = Router()
        router.get("cgi-bin/**") { request, context in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            var query: [String: String] = [:]
            for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
            let (status, body) = await self.answer(path, query)
            return Response(
                status: .init(code: status),
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: body))
            )
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "wecom")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            logger: logger
        )
        let group = ServiceGroup(services: [application], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let result = try await body(await iterator.next() ?? 0)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }
}
