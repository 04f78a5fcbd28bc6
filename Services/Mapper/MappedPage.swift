import Messages

/// A page of mapped records that can be cut into slices, where it is too large for one message.
protocol MappedPage: Message {
    associatedtype MappedRecord

    var slice: PageSlice? { get set }
    var records: [MappedRecord] { get set }
    var rejected: [RejectedRecord] { get set }
    var fieldProblems: [FieldProblem] { get set }
    /// Those whom the filter leaves out; the last slice tells all of them.
    var filtered: [String]? { get set }

    /// Which object a record is of.
    static func object(of record: MappedRecord) -> DirectoryObject
}

extension UserBatch: MappedPage {
    var records: [UserRecord] {
        get { users }
        set { users = newValue }
    }

    static func object(of record: UserRecord) -> DirectoryObject { .user(record.externalID) }
}

extension DepartmentBatch: MappedPage {
    var records: [DepartmentRecord] {
        get { departments }
        set { departments = newValue }
    }

    /// There is no filter for departments.
    var filtered: [String]? {
        get { nil }
        set {}
    }

    static func object(of record: DepartmentRecord) -> DirectoryObject { .department(record.externalID) }
}

extension MappedPage {
    /// The page as slices of its number, each of which is at most `limit` bytes of JSON (architecture.md §3.3). A
    /// record that is larger alone is rejected.
    ///
    /// The slices are not kept encoded: all of them together may be many times a page.
    func sliced(limit: Int) throws -> [Self] {
        // Room for a slice's numbers.
        var slices = try divided(limit: limit - 60)
        guard slices.count > 1 else { return slices }
        for index in slices.indices { slices[index].slice = PageSlice(number: index + 1, count: slices.count) }
        return slices
    }

    /// Halves the page until each part is small enough.
    private func divided(limit: Int) throws -> [Self] {
        guard try encode().count > limit else { return [self] }
        if records.count + rejected.count < 2 { return [refusing(limit: limit)] }
        var (first, second) = (self, self)
        first.filtered = nil
        if records.count > 1 || rejected.isEmpty {
            first.records = Array(records.prefix(records.count / 2))
            first.rejected = []
            second.records = Array(records.dropFirst(records.count / 2))
        } else {
            let half = records.isEmpty ? rejected.count / 2 : 0
            first.rejected = Array(rejected.prefix(half))
            second.records = []
            second.rejected = Array(rejected.dropFirst(half))
        }
        let later = Set(second.records.map(Self.object)).subtracting(first.records.map(Self.object))
        first.fieldProblems.removeAll { later.contains($0.object) }
        second.fieldProblems.removeAll { !later.contains($0.object) }
        return try first.divided(limit: limit) + second.divided(limit: limit)
    }

    /// The page's only record is too large for a message, or its rejection is for the id that it quotes. Of fields
    /// nothing is to be said any more.
    private func refusing(limit: Int) -> Self {
        var page = self
        page.records = []
        page.fieldProblems = []
        if let record = records.first {
            let id = Self.object(of: record).externalID
            page.rejected = [RejectedRecord(externalID: id, reason: "the mapped record is larger than \(limit) bytes")]
        } else {
            page.rejected = rejected.map { RejectedRecord(externalID: nil, reason: $0.reason) }
        }
        return page
    }
}
