/// No row belongs to another tenant than its identity provider does, and nothing happens to a tenant of whom nobody
/// wants anything.
struct TenancyCheck {
    /// A table's rows of one identity provider and one tenant.
    struct Row: Sendable {
        let table: String
        let identityProvider: String
        let tenant: String
    }

    /// Everything that the directory has of an identity provider, in one digest.
    struct Content: Sendable, Equatable {
        let identityProvider: String
        let digest: String
        /// How many runs it has had.
        let runs: Int
    }

    /// Tenants by their identity providers.
    let tenants: [String: String]
    private var contents: [String: Content] = [:]

    init(tenants: [String: String]) { self.tenants = tenants }

    /// - Returns: Whose rows are another's.
    func look(at rows: [Row]) -> [(subject: String, what: String)] {
        rows.compactMap { row in
            guard let tenant = tenants[row.identityProvider], tenant != row.tenant else { return nil }
            return (row.identityProvider, "\(row.table) has rows of \(row.tenant), and it is \(tenant)'s")
        }
    }

    /// - Parameter contents: Of those who rest.
    /// - Returns: Who changed without a run.
    mutating func look(at contents: [Content]) -> [(subject: String, what: String)] {
        var found: [(String, String)] = []
        for content in contents {
            if let before = self.contents[content.identityProvider], before.runs == content.runs,
                before.digest != content.digest
            {
                found.append((content.identityProvider, "its rows changed, and it had no run"))
            }
            self.contents[content.identityProvider] = content
        }
        return found
    }

    /// Nobody rests any more.
    mutating func forget() { contents = [:] }
}
