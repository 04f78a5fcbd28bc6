import Foundation

/// The make-believe WeCom, by its control API.
public struct Simulator: Sendable {
    /// A corp in it.
    public struct Corp: Decodable, Sendable {
        /// Its administrator.
        public struct Administrator: Decodable, Sendable {
            /// What is typed as account.
            public let account: String
            /// What is typed as password.
            public let password: String
        }

        /// WeCom's id of it.
        public let corpID: String
        /// The id of its first own app.
        public let agentID: Int
        /// The secret of its first own app.
        public let secret: String
        /// Its administrator.
        public let administrator: Administrator
    }

    /// What random changes did.
    public struct Changes: Decodable, Sendable {
        /// User ids of people with other fields.
        public let updated: [String]
        /// User ids of people who left.
        public let removed: [String]
        /// User ids of people who came.
        public let added: [String]
        /// User ids of people in other departments.
        public let moved: [String]
    }

    /// Somebody who can sign in.
    public struct Employee: Decodable, Sendable {
        /// WeCom's id.
        public let userid: String
        /// The full name.
        public let name: String
        /// What is typed as password.
        public let password: String
    }

    /// Its HTTP interface.
    public let client: TestClient

    /// - Parameter url: Where it listens.
    public init(_ url: String) { client = TestClient(url) }

    /// Makes a corp.
    public func makeCorp(users: Int, departments: Int, seed: Int = 1) async throws -> Corp {
        try await client.json(
            "POST",
            "/control/corps",
            ["users": .integer(users), "departments": .integer(departments), "seed": .integer(seed)] as JSON
        ).decode(Corp.self)
    }

    /// Changes people at random, the same ones for the same seed.
    public func change(
        _ corp: Corp,
        update: Int = 0,
        remove: Int = 0,
        add: Int = 0,
        move: Int = 0,
        seed: Int = 7
    ) async throws -> Changes {
        try await client.json(
            "POST",
            "/control/corps/\(corp.corpID)/changes",
            [
                "update": .integer(update), "remove": .integer(remove), "add": .integer(add), "move": .integer(move),
                "seed": .integer(seed),
            ] as JSON
        ).decode(Changes.self)
    }

    /// What an app may see, in truth.
    public func truth(of corp: Corp, agentID: Int) async throws -> Truth {
        try await client.json("GET", "/control/corps/\(corp.corpID)/truth?agentID=\(agentID)").decode(Truth.self)
    }

    /// People who are active.
    public func employees(of corp: Corp, count: Int) async throws -> [Employee] {
        struct Sample: Decodable { let users: [Employee] }
        return try await client.json("GET", "/control/corps/\(corp.corpID)/sample-users?count=\(count)")
            .decode(Sample.self).users
    }

    /// Orders a fault: see the simulator's control API for the fields.
    public func order(_ fault: JSON) async throws { try await client.json("POST", "/control/faults", fault) }

    /// Takes back all faults.
    public func clearFaults() async throws { try await client.json("DELETE", "/control/faults") }

    /// Ends the lifetime of all of a corp's tokens.
    public func expireTokens(of corp: Corp) async throws {
        try await client.json("POST", "/control/corps/\(corp.corpID)/expire-tokens", [:] as JSON)
    }

    /// Sets what an administrator may set of an app: its trusted domain, its permissions and so on.
    public func set(_ fields: JSON, of agentID: Int, in corp: Corp) async throws {
        try await client.json("PUT", "/control/corps/\(corp.corpID)/apps/\(agentID)", fields)
    }

    /// Confirms an authorization on the page behind the QR code, as the corp's administrator.
    ///
    /// - Parameter page: What the QR code says.
    /// - Returns: What the page says afterwards.
    public func authorize(_ page: String, in corp: Corp) async throws -> String {
        let shown = try await client.json("GET", page)
        guard shown.text.contains("<form") else {
            throw TestClient.UnexpectedAnswer(request: "GET \(page)", status: shown.status, body: shown.text)
        }
        let form = Form.encode([
            "corpid": corp.corpID, "account": corp.administrator.account, "password": corp.administrator.password,
            "action": "confirm",
        ])
        let answer = try await client.send(
            "POST",
            page,
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: form
        )
        guard answer.status == 200, answer.text.contains("授权成功") else {
            throw TestClient.UnexpectedAnswer(request: "POST \(page)", status: answer.status, body: answer.text)
        }
        return answer.text
    }
}
