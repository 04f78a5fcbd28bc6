/// A tenant, as the registry shows it.
struct Tenant: Decodable, Sendable {
    enum Status: String, Decodable, Sendable { case active, suspended, deleting }

    struct StatusChange: Decodable, Sendable {
        let since: String
        let reason: String?
    }

    let id: String
    let name: String
    let enterpriseID: String
    let status: Status
    let statusChange: StatusChange?
    let createdAt: String
}
