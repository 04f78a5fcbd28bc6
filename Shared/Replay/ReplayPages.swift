import JSONCoding
import Messages

/// Cuts what is told again into messages of a topic, and counts it for the manifest.
struct ReplayPages {
    /// A message that is ready to be sent.
    enum Message {
        case departmentPage(DepartmentPage)
        case userPage(UserPage)
        case departmentBatch(DepartmentBatch)
        case userBatch(UserBatch)
    }

    /// Bytes of a page as a rule; Kafka takes messages of 1 MB.
    private static let largestList = 400_000

    let mappingNumber: MappingNumber
    private(set) var pages = 0
    private var users: Set<ContentDigest> = []
    private var departments: Set<Int64> = []

    init(mappingNumber: MappingNumber) { self.mappingNumber = mappingNumber }

    /// How many people and departments are told.
    var counts: (users: Int, departments: Int) { (users.count, departments.count) }

    /// The messages that carry records.
    mutating func messages(of records: LoggedRecords) -> [Message] {
        for key in records.keys {
            switch key {
            case .user(let digest): users.insert(digest)
            case .department(let number): departments.insert(number)
            }
        }
        switch records {
        case .answered(let users, let departments):
            return lists(departments.map(\.json)).map { list in
                .departmentPage(DepartmentPage(page: next(), departments: list))
            }
                + lists(users.map(\.json)).map { list in
                    .userPage(UserPage(page: next(), mappingNumber: mappingNumber, users: list))
                }
        case .mapped(let users, let departments, let fields, _):
            var messages: [Message] = []
            if !departments.isEmpty {
                messages.append(.departmentBatch(DepartmentBatch(page: next(), departments: departments)))
            }
            if !users.isEmpty { messages.append(.userBatch(UserBatch(page: next(), users: users, fields: fields))) }
            return messages
        }
    }

    private mutating func next() -> Int {
        pages += 1
        return pages
    }

    private func lists(_ elements: [[UInt8]]) -> [RawJSON] {
        var (lists, list) = ([RawJSON](), [UInt8]())
        for element in elements {
            if !list.isEmpty, list.count + element.count + 2 > Self.largestList {
                lists.append(RawJSON(bytes: list + [UInt8(ascii: "]")]))
                list = []
            }
            list.append(list.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
            list += element
        }
        if !list.isEmpty { lists.append(RawJSON(bytes: list + [UInt8(ascii: "]")])) }
        return lists
    }

    /// That of a run that has told all this, and says of nobody else anything.
    ///
    /// - Parameter last: That of the last reading, whose range and scope still hold.
    func manifest(after last: FetchManifest) -> FetchManifest {
        FetchManifest(
            departmentsExpected: departments.count,
            departmentsRead: 0,
            pages: pages,
            distinctUsers: users.count,
            userDigest: users.reduce(.zero) { $0 &+ $1 },
            departmentDigest: departments.reduce(.zero) { $0 &+ ContentDigest(of: String($1)) },
            scopeHash: last.scopeHash,
            visibleRangeHash: last.visibleRangeHash,
            unreadDepartments: departments.sorted(),
            isRangeWhole: last.isRangeWhole,
            isComplete: true
        )
    }
}
