import Messages

/// Who is gone from WeCom, and whether the run may say so.
struct RemovalGate: Equatable {
    /// Digests of the keys of people to remove.
    var users: Set<ContentDigest> = []
    /// Departments to remove.
    var departments: [Int64] = []
    /// Why the removals are held back, if they are.
    var heldBecause: String?

    /// What `run`, proven complete, does not show any more.
    init(_ run: ActiveRun, limits: SafetyLimits) {
        departments = run.index.departments.filter { Self.isGone($0.value) }.map(\.key).sorted()
        guard run.kind == .full else { return }
        var (gone, present) = (Set<ContentDigest>(), 0)
        run.index.users.forEach { key, entry in
            guard entry.isStored, !entry.isRemoved else { return }
            present += 1
            if entry.verdict == nil { gone.insert(key) }
        }
        users = gone
        heldBecause = Self.breach(removing: gone.count, of: present, limits: limits)
    }

    private static func isGone(_ entry: SourceIndex.Entry) -> Bool {
        entry.isStored && !entry.isRemoved && entry.verdict == nil
    }

    private static func breach(removing count: Int, of present: Int, limits: SafetyLimits) -> String? {
        if let most = limits.people.perRun?.most(of: present), count > most {
            return "\(count) of \(present) people would be removed, more than the limit of \(most)."
        }
        return nil
    }
}
