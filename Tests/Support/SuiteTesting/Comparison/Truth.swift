/// What an app may see of a corp, as the simulator knows it.
public struct Truth: Decodable, Sendable {
    /// A department.
    public struct Department: Decodable, Sendable {
        /// WeCom's number of it.
        public let id: Int
        /// The department above.
        public let parentid: Int
        /// What it or the person is called.
        public let name: String?
        /// The place, larger first.
        public let order: Int
        /// User ids of the leaders.
        public let leaders: [String]
    }

    /// A person, by WeCom's field names.
    public struct User: Decodable, Sendable {
        /// WeCom's id.
        public let userid: String
        /// What it or the person is called.
        public let name: String?
        /// The departments.
        public let department: [Int]
        /// The place, larger first.
        public let order: [Int]?
        /// The main department.
        public let main_department: Int?
        /// 1 for each department that the person leads.
        public let is_leader_in_dept: [Int]?
        /// User ids of the direct leaders.
        public let direct_leader: [String]?
        /// The position.
        public let position: String?
        /// The mobile phone.
        public let mobile: String?
        /// The address for mail.
        public let email: String?
        /// The phone on the desk.
        public let telephone: String?
        /// Another name.
        public let alias: String?
        /// 1, 2, 4 or 5.
        public let status: Int?
    }

    /// All departments.
    public let departments: [Department]
    /// Everybody.
    public let users: [User]
}
