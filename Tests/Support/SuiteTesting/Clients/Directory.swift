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

        /// The id in the directory.
        public let id: String
        /// WeCom's id.
        public let externalID: String
        /// What programs call the person.
        public let username: String?
        /// What people call the person.
        public let displayName: String?
        /// The address for mail.
        public let email: String?
        /// The mobile phone.
        public let mobile: String?
        /// The phone on the desk.
        public let telephone: String?
        /// The position.
        public let title: String?
        /// Another name.
        public let alias: String?
        /// WeCom's status.
        public let status: Int
        /// Whether the person may log on.
        public let enabled: Bool
        /// `active` or `removed`.
        public let state: String
        /// The main department.
        public let mainDepartment: Int?
        /// The departments.
        public let departments: [Membership]
        /// User ids of the leaders.
        public let leaders: [String]
    }

    /// A department.
    public struct Department: Decodable, Sendable {
        /// WeCom's id.
        public let externalID: Int
        /// The department above.
        public let parentID: Int?
        /// What it is called.
        public let name: String?
        /// Its place among its siblings.
        public let order: Int
        /// User ids of the leaders.
        public let leaders: [String]
        /// `active` or `removed`.
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

    func all<Item: Decodable>(
        _ path: String,
        _ filter: [String: String] = [:],
        of type: Item.Type
    ) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let query = Form.query(
                ["limit": "1000"].merging(filter) { $1 }.merging(cursor.map { ["cursor": $0] } ?? [:]) { $1 }
            )
            let page = try await client.json("GET", "\(path)?\(query)").decode(Page<Item>.self)
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }
}
