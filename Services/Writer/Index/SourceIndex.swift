import Messages

/// What the directory holds of one identity provider, as digests: enough to tell new, changed, unchanged
/// and gone without asking the database for each record.
///
/// Loaded when a run begins and dropped when it ends. Every change to it can be taken back until it is
/// committed, so that it never says more than the database does.
struct SourceIndex {
    private(set) var users: DigestTable<Entry>
    private(set) var departments: [Int64: Entry]
    private(set) var pages: [PageID: StoredPage]
    /// The content of people's copies that said otherwise in the last run, by the digest of the key.
    let copies: [ContentDigest: Set<ContentDigest>]
    /// People of earlier corps who are not removed yet.
    let pastUsers: Int
    /// By which rules the last full run was mapped; nil before the first one.
    let mapping: MappingNumber?
    /// How user ids were compared when it was last said who is missing; nil of one that is new.
    let userIDCase: UserIDCase?
    private var undo: [Undo] = []

    /// What is known of one person or department.
    struct Entry: Equatable, BitwiseCopyable {
        /// The digest of what is stored.
        var contentHash: ContentDigest
        /// Whether there is a row at all.
        var isStored: Bool
        /// Whether the row says that the object is gone.
        var isRemoved: Bool
        /// Whether the person may log on; true for departments.
        var isEnabled: Bool
        /// Whether the directory had the object, with access or disabled in WeCom, before the run.
        var wasPresent = false
        /// Whether the row is of somebody of an earlier corp, and so of somebody else whoever comes with the key.
        var isPast = false
        /// Whether somebody had the key whose row is gone.
        var isFormer = false
        /// Whether their id went on with them, to another key.
        var isMoved = false
        /// Whether the person was removed longer ago than the grace period.
        var isLongGone = false
        /// Whether runs before held a record back that may be another human's.
        var isDoubted = false
        /// Whether somebody decided that the person keeps access, though WeCom says that the account is disabled.
        var isSpared = false
        /// What tells the person from another human.
        var likeness = Likeness.unknown
        /// How the current run has counted the object, once it has seen it.
        var verdict: Verdict?
        /// Whether the current run holds the person's record back: it may be another human's.
        var isHeld = false
        /// Whether the current run has seen it by a page that does not travel.
        var isByPage = false
        /// What the current run had written before the partition changed hands: as it was counted then.
        var written: Verdict?

        /// Nothing is known of the object.
        static let unknown = Entry(contentHash: .zero, isStored: false, isRemoved: false, isEnabled: false)

        /// Whether the directory has the object, and the run has not seen it.
        var isMissing: Bool { isStored && !isRemoved && verdict == nil }
    }

    /// What a run makes of an object.
    enum Verdict: Equatable, BitwiseCopyable {
        case created, updated, unchanged, rejected
    }

    private enum Undo {
        case user(ContentDigest, Entry?)
        case department(Int64, Entry?)
        case page(PageID, StoredPage?)
    }

    init(
        users: DigestTable<Entry> = DigestTable(placeholder: .unknown),
        departments: [Int64: Entry] = [:],
        pages: [PageID: StoredPage] = [:],
        copies: [ContentDigest: Set<ContentDigest>] = [:],
        pastUsers: Int = 0,
        mapping: MappingNumber? = nil,
        userIDCase: UserIDCase? = nil
    ) {
        self.users = users
        self.departments = departments
        self.pages = pages
        self.copies = copies
        self.pastUsers = pastUsers
        self.mapping = mapping
        self.userIDCase = userIDCase
    }

    /// Whether the run has seen the person.
    func sees(user key: ContentDigest) -> Bool { users[key]?.verdict != nil }

    /// Whether the run has seen the department.
    func sees(department id: Int64) -> Bool { departments[id]?.verdict != nil }

    /// Departments that the directory has and the run has not seen.
    var missingDepartments: [Int64] { departments.filter { $0.value.isMissing }.map(\.key).sorted() }

    /// How many people and departments the directory had before the run.
    var present: (users: Int, departments: Int) {
        var present = 0
        users.forEach { if $1.wasPresent { present += 1 } }
        return (present, departments.values.count(where: \.wasPresent))
    }

    /// Whether there is somebody whom the directory has and the run has not seen.
    var hasMissingUsers: Bool {
        var hasMissing = false
        users.forEach { if $1.isMissing { hasMissing = true } }
        return hasMissing
    }

    mutating func set(user key: ContentDigest, _ entry: Entry) {
        undo.append(.user(key, users.updateValue(entry, forKey: key)))
    }

    mutating func set(department id: Int64, _ entry: Entry) {
        undo.append(.department(id, departments.updateValue(entry, forKey: id)))
    }

    /// Sets what a page became; `nil` forgets it.
    mutating func set(page id: PageID, _ page: StoredPage?) {
        let before = pages[id]
        pages[id] = page
        undo.append(.page(id, before))
    }

    /// Keeps all changes since the last call of either.
    mutating func commit() {
        undo.removeAll(keepingCapacity: true)
    }

    /// Takes back all changes since the last call of either.
    mutating func rollBack() {
        while let step = undo.popLast() {
            switch step {
            case .user(let key, let entry?): users.updateValue(entry, forKey: key)
            case .user(let key, nil): users.removeValue(forKey: key)
            case .department(let id, let entry): departments[id] = entry
            case .page(let id, let page): pages[id] = page
            }
        }
    }
}
