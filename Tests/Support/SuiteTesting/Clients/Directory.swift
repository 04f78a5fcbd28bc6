import Foundation

/// The directory, by the writer's read API.
public struct Directory: Sendable {
    /// A person.
    public struct User: Decodable, Sendable {
        /// A department of the person.
        public struct Membership: Decodable, Sendable, Equatable {
            /// WeCom's number of it.
            public let id: Int
            /// The person's place in it.
            public let order: Int
            /// Whether the person leads it.
            public let isLeader: Bool
        }

        public let id: String
        public let externalID: String
        public let username: String?
        public let displayName: String?
        public let email: String?
        public let mobile: String?
        public let telephone: String?
        public let title: String?
        public let alias: String?
        public let status: Int
        public let enabled: Bool
        public let state: String
        public let mainDepartment: Int?
        public let departments: [Membership]
        public let leaders: [String]
    }

    /// A department.
    public struct Department: Decodable, Sendable {
        public let externalID: Int
        public let parentID: Int?
        public let name: String?
        public let order: Int
        public let leaders: [String]
        public let state: String
    }

    private struct Page<Item: Decodable>: Decodable {
        let items: [Item]
        let nextCursor: String?
    }

    /// Its HTTP interface.
    public let client: TestClient

    /// - Parameters:
    ///   - url: Where it listens.
    ///   - key: A key for all tenants.
    public init(_ url: String, key: String) { client = TestClient(url, bearer: key) }

    /// Everybody, also those who are removed.
    public func users(of provider: Registry.IdentityProvider) async throws -> [User] {
        try await all("/api/v1/idps/\(provider.id)/users", of: User.self)
    }

    /// All departments, also those that are removed.
    public func departments(of provider: Registry.IdentityProvider) async throws -> [Department] {
        try await all("/api/v1/idps/\(provider.id)/departments", of: Department.self)
    }

    private func all<Item: Decodable>(_ path: String, of type: Item.Type) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let query = Form.query(["limit": "1000"].merging(cursor.map { ["cursor": $0] } ?? [:]) { $1 })
            let page = try await client.json("GET", "\(path)?\(query)").decode(Page<Item>.self)
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }
}
