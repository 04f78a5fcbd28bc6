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

    /// The fields that every directory has, by name, in the order in which pages show them.
    var texts: [(name: String, value: String?)] {
        [
            ("username", username), ("displayName", displayName), ("email", email), ("mobile", mobile),
            ("telephone", telephone), ("title", title), ("alias", alias), ("gender", gender),
            ("employeeNumber", employeeNumber), ("avatar", avatar), ("address", address), ("manager", manager),
            ("department", department), ("locale", locale),
        ]
    }

    /// What a target of the mapping holds, as the mapping writes it.
    func value(of target: String) -> String? {
        if target == "status" { return "\(status)" }
        return attributes[target] ?? texts.first { $0.name == target }?.value
    }
}
