import Messages

@testable import Writer

/// A person whose content hash tells all fields, as the mapper's does.
func person(
    _ id: String,
    name: String? = nil,
    email: String? = nil,
    mobile: String? = nil,
    openUserID: String? = nil,
    title: String? = nil,
    status: UserRecord.Status = .active,
    departments: [Int64] = [1],
    attributes: [String: String] = [:]
) -> UserRecord {
    var record = UserRecord(
        externalID: id,
        openUserID: openUserID,
        username: id,
        displayName: name,
        email: email,
        mobile: mobile,
        title: title,
        status: status,
        memberships: departments.map { UserRecord.Membership(department: $0) },
        attributes: attributes,
        contentHash: .zero
    )
    let content =
        "\(id) \(name ?? "-") \(email ?? "-") \(title ?? "-") \(status) \(departments) \(mobile ?? "-") \(openUserID ?? "-")"
    let extended = attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    record.contentHash = ContentDigest(of: Array("\(content) \(extended)".utf8))
    return record
}

/// A department whose content hash tells all fields.
func department(_ id: Int64, _ name: String? = nil, parent: Int64? = nil) -> DepartmentRecord {
    DepartmentRecord(
        externalID: id,
        parentID: parent,
        name: name,
        order: 0,
        contentHash: ContentDigest(of: Array("\(id) \(name ?? "-") \(parent ?? 0)".utf8))
    )
}

/// The digest by which a person of a plain corp is counted.
func digest(_ user: String) -> ContentDigest { DirectoryKey(user, isCaseSensitive: false).digest }

/// What the fetcher says of a run that read all of these.
func manifest(_ departments: [Int64] = [1], _ users: [String] = [], pages: Int = 2) -> FetchManifest {
    FetchManifest(
        departmentsExpected: departments.count,
        departmentsRead: departments.count,
        pages: pages,
        distinctUsers: users.count,
        userDigest: users.reduce(.zero) { $0 &+ digest($1) },
        departmentDigest: departments.reduce(.zero) { $0 &+ ContentDigest(of: Array("\($1)".utf8)) },
        scopeHash: .zero,
        visibleRangeHash: .zero,
        isComplete: true
    )
}

extension LossLimits {
    /// Nobody may lose access.
    static let nobody = LossLimits(perRun: LossLimit(count: 0, percent: 0))
}

/// A run as it begins, over an index of what is stored.
func activeRun(
    kind: RunSync.Kind = .full,
    users: [ContentDigest: SourceIndex.Entry] = [:],
    departments: [Int64: SourceIndex.Entry] = [:]
) -> ActiveRun {
    ActiveRun(
        id: .make(),
        kind: kind,
        isDryRun: false,
        terms: RunTerms(),
        requestedAt: Timestamp(millisecondsSince1970: 1_700_000_000_000),
        startOffset: 0,
        fence: Fence(rawValue: 1),
        index: SourceIndex(users: DigestTable(users), departments: departments)
    )
}

extension DigestTable<SourceIndex.Entry> {
    init(_ entries: [ContentDigest: SourceIndex.Entry]) {
        self.init(placeholder: .unknown)
        for (key, entry) in entries { updateValue(entry, forKey: key) }
    }

    /// All of it, to be compared.
    var dictionary: [ContentDigest: SourceIndex.Entry] {
        var entries: [ContentDigest: SourceIndex.Entry] = [:]
        forEach { entries[$0] = $1 }
        return entries
    }
}

/// What the index says of a stored object.
func stored(_ hash: ContentDigest = .zero, isRemoved: Bool = false, isEnabled: Bool = true) -> SourceIndex.Entry {
    SourceIndex.Entry(
        contentHash: hash,
        isStored: true,
        isRemoved: isRemoved,
        isEnabled: isEnabled,
        wasPresent: !isRemoved
    )
}

extension RunCounts.Objects {
    /// - Parameter known: Those who were known before; who is new, or has come back, was not.
    init(
        seen: Int,
        created: Int = 0,
        updated: Int = 0,
        unchanged: Int = 0,
        rejected: Int = 0,
        known: Int? = nil,
        present: Int = 0,
        removed: Int = 0,
        unknown: Int = 0,
        held: Int = 0
    ) {
        self.init()
        self.seen = seen
        self.created = created
        self.updated = updated
        self.unchanged = unchanged
        self.rejected = rejected
        self.present = present
        self.removed = removed
        self.unknown = unknown
        self.held = held
        missing = present + removed + unknown + held
        self.known = known ?? updated + unchanged + missing
    }

    /// Whether everybody is counted as what they became, and nobody twice.
    var addsUp: Bool {
        seen == created + updated + unchanged + rejected && missing == present + removed + unknown + held
            && known >= missing && known - missing <= seen
    }
}
