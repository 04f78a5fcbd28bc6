/// A person of the directory.
struct DirectoryUser: Decodable, Sendable {
    struct Membership: Decodable, Sendable {
        let id: Int
        let isLeader: Bool
    }

    let id: String
    let externalID: String
    let username: String?
    let displayName: String?
    let email: String?
    let mobile: String?
    let telephone: String?
    let title: String?
    let alias: String?
    let gender: String?
    let employeeNumber: String?
    let avatar: String?
    let address: String?
    let manager: String?
    let department: String?
    let locale: String?
    let status: Int
    let enabled: Bool
    let state: String
    let mainDepartment: Int?
    let departments: [Membership]
    let leaders: [String]
    let attributes: [String: String]
    let createdAt: String
    let updatedAt: String
    let removedAt: String?
}
