import Foundation

/// What administrators of a corp do one thing at a time, and what WeCom tells of it.
extension Simulator {
    /// Makes a person, or changes the fields that are given, by WeCom's names; null takes a field away.
    public func put(user id: String, _ fields: JSON, in corp: Corp) async throws {
        try await client.json("PUT", "/control/corps/\(corp.corpID)/users/\(id)", fields)
    }

    /// Removes a person.
    public func remove(user id: String, in corp: Corp) async throws {
        try await client.json("DELETE", "/control/corps/\(corp.corpID)/users/\(id)")
    }

    /// Gives a person another user id.
    public func rename(user id: String, to new: String, in corp: Corp) async throws {
        try await client.json(
            "PUT",
            "/control/corps/\(corp.corpID)/users/\(id)/userid",
            ["userid": .string(new)] as JSON
        )
    }

    /// Makes a department, or changes the fields that are given: `name`, `parentid`, `order`, `leaders`.
    public func put(department id: Int, _ fields: JSON, in corp: Corp) async throws {
        try await client.json("PUT", "/control/corps/\(corp.corpID)/departments/\(id)", fields)
    }

    /// Removes a department that has neither people nor departments in it.
    public func remove(department id: Int, in corp: Corp) async throws {
        try await client.json("DELETE", "/control/corps/\(corp.corpID)/departments/\(id)")
    }

    /// Makes a tag, or changes the fields that are given: `name`, `users`, `departments`.
    public func put(tag id: Int, _ fields: JSON, in corp: Corp) async throws {
        try await client.json("PUT", "/control/corps/\(corp.corpID)/tags/\(id)", fields)
    }

    /// What an app may see.
    public struct VisibleRange: Decodable, Sendable {
        /// Departments, with what is below them.
        public let departments: [Int]
        /// User ids of single people.
        public let users: [String]
        /// Tags.
        public let tags: [Int]
    }

    /// What an app may see at present.
    public func visibleRange(of agentID: Int, in corp: Corp) async throws -> VisibleRange {
        struct App: Decodable { let visibleRange: VisibleRange }
        let path = "/control/corps/\(corp.corpID)/apps/\(agentID)"
        return try await client.json("GET", path).decode(App.self).visibleRange
    }

    /// Sets what an app may see.
    public func setVisibleRange(
        departments: [Int] = [],
        users: [String] = [],
        tags: [Int] = [],
        of agentID: Int,
        in corp: Corp
    ) async throws {
        let fields: JSON = [
            "agentID": .integer(agentID), "departments": .array(departments.map { .integer($0) }),
            "users": .array(users.map { .string($0) }), "tags": .array(tags.map { .integer($0) }),
        ]
        try await client.json("PUT", "/control/corps/\(corp.corpID)/visible-range", fields)
    }

    /// Says how WeCom tells of changes from now on: `envelope` (`data`, `suite` or null), `json`, `copies`, `lose`,
    /// `held`.
    public func tellChanges(_ fields: JSON) async throws {
        try await client.json("PUT", "/control/events", fields)
    }

    /// Sends the events that were held back.
    public func releaseEvents(reversed: Bool = false) async throws {
        try await client.json("POST", "/control/events/release", ["reversed": .boolean(reversed)] as JSON)
    }

    /// Sends one event, true or not: `changeType`, `event`, `sender`, `fields`, `envelope`, `json`, `copies`, `forged`.
    public func push(_ event: JSON, of corp: Corp) async throws {
        try await client.json("POST", "/control/corps/\(corp.corpID)/events", event)
    }
}
