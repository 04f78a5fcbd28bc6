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
    /// Those of them that could not be read: whom they let the app see is not known. Sorted.
    let unreadTags: [Int64]

    /// - Parameters:
    ///   - visibility: What the app may see, by name.
    ///   - tags: Its tags, as far as they could be read.
    ///   - unreadTags: The ids of the others.
    ///   - isCaseSensitive: Whether user ids differ by case.
    init(_ visibility: Agent.Visibility, tags: [Tag], unreadTags: [Int64], isCaseSensitive: Bool) {
        self.init(
            departments: visibility.departmentIDs + tags.flatMap(\.departmentIDs),
            users: visibility.userIDs + tags.flatMap(\.userIDs),
            tags: visibility.tagIDs,
            unreadTags: unreadTags,
            isCaseSensitive: isCaseSensitive
        )
    }

    init(departments: [Int64], users: [String], tags: [Int64], unreadTags: [Int64] = [], isCaseSensitive: Bool) {
        self.departments = Set(departments).sorted()
        self.tags = Set(tags).sorted()
        self.unreadTags = Set(unreadTags).sorted()
        var known: Set<DirectoryKey> = []
        self.users = users.filter { known.insert(DirectoryKey($0, isCaseSensitive: isCaseSensitive)).inserted }.sorted()
    }

    var isEmpty: Bool { departments.isEmpty && users.isEmpty && tags.isEmpty }

    /// Whether it is known who may be seen.
    var isWhole: Bool { unreadTags.isEmpty }

    /// Tells one visible range from another, whatever order WeCom names it in. What is known of one whose tags could not
    /// all be read is never the same as a whole one, and the same as long as the same tags stay unread.
    var hash: ContentDigest {
        var text = "departments"
        for department in departments { text += " \(department)" }
        text += "\ntags"
        for tag in tags { text += " \(tag)" }
        text += "\nusers"
        for user in users { text += "\n\(user.utf8.count):\(user)" }
        if !isWhole {
            text += "\nunread"
            for tag in unreadTags { text += " \(tag)" }
        }
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
