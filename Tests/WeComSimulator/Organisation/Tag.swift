/// A tag: users and departments under one name.
struct Tag: Sendable, Equatable {
    let id: Int
    var name: String
    /// User IDs.
    var users: [String]
    var departments: [Int]
}
