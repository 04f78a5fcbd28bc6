/// What an app may see of a corp, as the simulator knows it.
public struct Truth: Decodable, Sendable {
    /// A department.
    public struct Department: Decodable, Sendable {
        public let id: Int
        public let parentid: Int
        public let name: String?
        public let order: Int
        public let leaders: [String]
    }

    /// A person, by WeCom's field names.
    public struct User: Decodable, Sendable {
        public let userid: String
        public let name: String?
        public let department: [Int]
        public let order: [Int]?
        public let main_department: Int?
        public let is_leader_in_dept: [Int]?
        public let direct_leader: [String]?
        public let position: String?
        public let mobile: String?
        public let email: String?
        public let telephone: String?
        public let alias: String?
        public let status: Int?
    }

    /// All departments.
    public let departments: [Department]
    /// Everybody.
    public let users: [User]
}
