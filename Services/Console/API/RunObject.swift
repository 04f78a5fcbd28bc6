/// What a run did to somebody or to a department.
struct RunObject: Decodable, Sendable {
    let kind: String
    let externalID: String
    let userID: String?
    /// What people call it, while the directory knows it.
    let name: String?
    let change: String
    let reason: String?
    let hold: String?
}
