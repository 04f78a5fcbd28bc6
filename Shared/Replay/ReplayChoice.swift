public import Messages

/// What of an identity provider is told again.
public struct ReplayChoice: Equatable, Sendable {
    /// Only what this run told.
    var run: RunID?
    /// Only this person, by the digest of the key.
    var user: ContentDigest?
    /// Only this department.
    var department: Int64?
    /// Only what was told from then on.
    var from: Timestamp?
    /// Only what was told before.
    var to: Timestamp?

    /// - Parameters:
    ///   - run: Only what this run told.
    ///   - user: Only this person, by the digest of the key.
    ///   - department: Only this department.
    ///   - from: Only what was told from then on.
    ///   - to: Only what was told before.
    public init(
        run: RunID? = nil,
        user: ContentDigest? = nil,
        department: Int64? = nil,
        from: Timestamp? = nil,
        to: Timestamp? = nil
    ) {
        self.run = run
        self.user = user
        self.department = department
        self.from = from
        self.to = to
    }

    /// Everything.
    static let all = ReplayChoice()

    func includes(_ key: ObjectWords.Key, _ message: LoggedMessage) -> Bool {
        if let run, message.run != run { return false }
        if let from, message.time < from { return false }
        if let to, message.time >= to { return false }
        switch key {
        case .user(let digest): return department == nil && (user.map { $0 == digest } ?? true)
        case .department(let number): return user == nil && (department.map { $0 == number } ?? true)
        }
    }

    /// What the audit says of it; never whom.
    public var description: String {
        var parts: [String] = []
        if let run { parts.append("run \(run)") }
        if user != nil { parts.append("one person") }
        if let department { parts.append("department \(department)") }
        if let from { parts.append("from \(from)") }
        if let to { parts.append("to \(to)") }
        return parts.isEmpty ? "everything" : parts.joined(separator: ", ")
    }
}
