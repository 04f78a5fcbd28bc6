/// What the directory holds of an identity provider.
struct DirectorySummary: Decodable, Sendable {
    let users: Int
    let disabledUsers: Int
    let departments: Int
}
