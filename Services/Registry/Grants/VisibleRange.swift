import Postgres
import WeCom

/// What an enterprise lets the app see, as its administrator named it.
struct VisibleRange: Codable, Equatable, Sendable {
    var departments: Set<Int64>
    var users: Set<String>
    var tags: Set<Int64>

    init(_ visibility: Agent.Visibility) {
        departments = Set(visibility.departmentIDs)
        users = Set(visibility.userIDs)
        tags = Set(visibility.tagIDs)
    }
}

extension VisibleRange: StoredAsJSON {}

/// What came into the visible range, and what left it.
struct RangeChange: Codable, Equatable, Sendable {
    /// Ids of one kind, the first hundred, and how many there are.
    struct Side: Codable, Equatable, Sendable {
        var departments: [Int64]
        var users: [String]
        var tags: [Int64]
        var count: Int

        static let most = 100

        init(_ range: VisibleRange, without other: VisibleRange) {
            let departments = range.departments.subtracting(other.departments)
            let users = range.users.subtracting(other.users)
            let tags = range.tags.subtracting(other.tags)
            count = departments.count + users.count + tags.count
            self.departments = Array(departments.sorted().prefix(Self.most))
            self.users = Array(users.sorted().prefix(Self.most))
            self.tags = Array(tags.sorted().prefix(Self.most))
        }
    }

    var added: Side
    var removed: Side

    /// Nil when nothing changed.
    init?(from old: VisibleRange, to new: VisibleRange) {
        guard old != new else { return nil }
        added = Side(new, without: old)
        removed = Side(old, without: new)
    }
}

extension RangeChange: StoredAsJSON {}
