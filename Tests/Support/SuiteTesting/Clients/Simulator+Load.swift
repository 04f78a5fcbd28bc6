import Foundation

/// For suites that are put under load, where the simulator is to cost as little as may be.
extension Simulator {
    private static let concurrency = 8

    /// Nothing was answered to a question that a synchronization would ask.
    public struct NoAnswer: Error, CustomStringConvertible {
        /// The path that was asked.
        public let description: String
    }

    /// Lets every corp be asked as often as anybody likes.
    public func liftLimits() async throws {
        try await client.json("PUT", "/control/limits", ["callsPerMinute": 1_000_000_000] as JSON)
    }

    /// Asks for all lists that a synchronization reads, so that they are rendered before one is timed.
    public func render(_ corp: Corp) async throws {
        let token = try await token(of: corp)
        struct Departments: Decodable {
            struct Department: Decodable { let id: Int }
            let department_id: [Department]
        }
        let departments = try await client.json("GET", "/cgi-bin/department/simplelist?access_token=\(token)")
            .decode(Departments.self).department_id.map(\.id)
        try await ask("department/list", "access_token=\(token)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, department) in departments.enumerated() {
                if index >= Self.concurrency { try await group.next() }
                group.addTask { try await ask("user/list", "access_token=\(token)&department_id=\(department)") }
            }
            try await group.waitForAll()
        }
    }

    private func token(of corp: Corp) async throws -> String {
        struct Issued: Decodable { let access_token: String }
        let query = "corpid=\(corp.corpID)&corpsecret=\(corp.secret)"
        return try await client.json("GET", "/cgi-bin/gettoken?\(query)").decode(Issued.self).access_token
    }

    private func ask(_ path: String, _ query: String) async throws {
        let answer = try await client.json("GET", "/cgi-bin/\(path)?\(query)")
        guard answer.body.starts(with: Data("{\"errcode\":0,".utf8)) else { throw NoAnswer(description: path) }
    }
}

extension Simulator {
    private struct Statistics: Decodable {
        struct Counts: Decodable {
            let calls: Int
            let refusals: [String: Int]
        }
        let apis: [String: Counts]
    }

    /// How often an API was called, such as `user/get`.
    public func calls(of path: String) async throws -> Int { try await statistics().apis[path]?.calls ?? 0 }

    /// How often a call of whatever API was refused by this code.
    public func refusals(by code: Int) async throws -> Int {
        try await statistics().apis.values.reduce(0) { $0 + ($1.refusals[String(code)] ?? 0) }
    }

    private func statistics() async throws -> Statistics {
        try await client.json("GET", "/control/statistics").decode(Statistics.self)
    }
}
