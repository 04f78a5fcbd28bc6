import Messages
import WeCom

/// What the enterprise lets the app see (`wecom.md` §3.11), its tags resolved.
struct VisibleRange: Equatable, Sendable {
    /// Departments, each with all below it; sorted.
    let departments: [Int64]
    /// People named one by one, spelt as WeCom does; each key once, sorted.
    let users: [String]
    /// Tags; sorted.
    let tags: [Int64]

    /// - Parameters:
    ///   - visibility: What the app may see, by name.
    ///   - tags: Its tags, as far as they could be read.
    ///   - isCaseSensitive: Whether user ids differ by case.
    init(_ visibility: Agent.Visibility, tags: [Tag], isCaseSensitive: Bool) {
        self.init(
            departments: visibility.departmentIDs + tags.flatMap(\.departmentIDs),
            users: visibility.userIDs + tags.flatMap(\.userIDs),
            tags: visibility.tagIDs,
            isCaseSensitive: isCaseSensitive
        )
    }

    init(departments: [Int64], users: [String], tags: [Int64], isCaseSensitive: Bool) {
        self.departments = Set(departments).sorted()
        self.tags = Set(tags).sorted()
        var known: Set<DirectoryKey> = []
        self.users = users.filter { known.insert(DirectoryKey($0, isCaseSensitive: isCaseSensitive)).inserted }.sorted()
    }

    var isEmpty: Bool { departments.isEmpty && users.isEmpty && tags.isEmpty }

    /// Tells one visible range from another, whatever order WeCom names it in. One whose tags could not all be read
    /// cannot be compared: whoever reads it says so beside the hash.
    var hash: ContentDigest {
        var text = "departments"
        for department in departments { text += " \(department)" }
        text += "\ntags"
        for tag in tags { text += " \(tag)" }
        text += "\nusers"
        for user in users { text += "\n\(user.utf8.count):\(user)" }
        return ContentDigest(of: text)
    }
}

extension SynchronizationScope {
    /// Tells one scope from another.
    var hash: ContentDigest {
        switch self {
        case .all: ContentDigest(of: "all")
        case .departments(let departments):
            ContentDigest(of: Set(departments).sorted().map(String.init).joined(separator: ","))
        }
    }
}
