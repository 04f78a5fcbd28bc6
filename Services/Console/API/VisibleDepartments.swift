/// The departments that an identity provider's app can see in WeCom now.
struct VisibleDepartments: Decodable, Sendable {
    let items: [VisibleDepartment]
}
