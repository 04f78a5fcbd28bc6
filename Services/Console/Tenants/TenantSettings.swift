/// A tenant's settings.
struct TenantSettings: Sendable {
    let id: String
    let name: String
    let enterpriseID: String
    let logonURL: String
    let status: Badge
    let since: Moment?
    let reason: String?
    let createdAt: Moment
    let version: String
    /// What somebody else stored meanwhile.
    let storedNow: StoredNow?
    let mayRename: Bool
    let maySuspend: Bool
    let mayResume: Bool
    let mayDelete: Bool
}
