/// A department of the directory.
struct DirectoryDepartment: Decodable, Sendable {
    let externalID: Int
    let parentID: Int?
    let name: String?
    let state: String
    /// Who is in it directly; nil where that was not asked for.
    let people: Int?
}
