/// No row belongs to another tenant than its identity provider does, and nothing happens to a tenant of whom nobody
/// wants anything.
struct TenancyCheck {
    /// A table's rows of one identity provider and one tenant.
    struct Row: Sendable {
        let table: String
        let identityProvider: String
        let tenant: String
    }

    /// Everything that is known of an identity provider's people and departments.
    struct Content: Sendable, Equatable {
        let identityProvider: String
        /// A digest of each column in each table.
        let digests: [String: String]
        /// How many runs it has had.
        let runs: Int
        /// How many of them have not ended.
        let running: Int
    }

    /// Tenants by their identity providers.
    let tenants: [String: String]
    private var contents: [String: Content] = [:]
    /// Who had a run in this rest.
    private var disturbed: Set<String> = []
    /// How often somebody who rested was looked at again.
    private(set) var comparisons = 0

    init(tenants: [String: String]) { self.tenants = tenants }

    /// - Returns: Whose rows are another's.
    func look(at rows: [Row]) -> [(subject: String, what: String)] {
        rows.compactMap { row in
            guard let tenant = tenants[row.identityProvider], tenant != row.tenant else { return nil }
            return (row.identityProvider, "\(row.table) has rows of \(row.tenant), and it is \(tenant)'s")
        }
    }

    /// Whose run began before the rest, or during it, such as one for somebody who logged on, is not looked at until the
    /// next rest: what a run does is seen later than that it is there, and the verifier hears of it later still.
    ///
    /// - Parameter contents: Of those who rest.
    /// - Returns: Who changed without a run.
    mutating func look(at contents: [Content]) -> [(subject: String, what: String)] {
        var found: [(String, String)] = []
        for content in contents {
            let before = self.contents.updateValue(content, forKey: content.identityProvider)
            if content.running > 0 || before.map({ $0.runs != content.runs }) ?? false {
                disturbed.insert(content.identityProvider)
            }
            guard let before, !disturbed.contains(content.identityProvider) else { continue }
            comparisons += 1
            let columns = Set(content.digests.keys).union(before.digests.keys)
            let changed = columns.filter { content.digests[$0] != before.digests[$0] }.sorted()
            guard !changed.isEmpty else { continue }
            found.append((content.identityProvider, "\(changed.joined(separator: ", ")) changed, and it had no run"))
        }
        return found
    }

    /// Nobody rests any more.
    mutating func forget() { (contents, disturbed) = ([:], []) }
}
