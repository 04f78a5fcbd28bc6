/// Which objects a run of kind `objects` reads.
public struct RunTarget: Codable, Equatable, Sendable {
    /// People and departments that one run reads at most.
    public static let mostObjects = 200

    /// People, by the user ids as WeCom spells them.
    public var users: [String]
    /// Departments, each with the people in it.
    public var departments: [Int64]
    /// Whether what is below the departments is read, too.
    public var includesBelow: Bool
    /// Those of the people of whom an event of WeCom said that they are gone: that counts only once WeCom does not show
    /// them either (architecture.md §3.5).
    public var toldDeleted: [String]
    /// Of whom an event of WeCom said that they have another user id now: that counts only once WeCom does not show the
    /// old one any more, and shows the new one.
    public var toldRenamed: [Renaming]

    /// Another user id of the same person.
    public struct Renaming: Codable, Hashable, Sendable {
        /// What it was.
        public var from: String
        /// What it is now.
        public var to: String

        /// - Parameters:
        ///   - from: What it was.
        ///   - to: What it is now.
        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// All of it at once.
    public init(
        users: [String] = [],
        departments: [Int64] = [],
        includesBelow: Bool = false,
        toldDeleted: [String] = [],
        toldRenamed: [Renaming] = []
    ) {
        self.users = users
        self.departments = departments
        self.includesBelow = includesBelow
        self.toldDeleted = toldDeleted
        self.toldRenamed = toldRenamed
    }
}
