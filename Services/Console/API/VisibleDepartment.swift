/// A department that an identity provider's app can see in WeCom now.
struct VisibleDepartment: Decodable, Sendable {
    let id: Int
    let parentID: Int?
    let name: String?
    let people: Int?
}
