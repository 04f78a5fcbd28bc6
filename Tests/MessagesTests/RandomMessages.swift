import JSONCoding
import Messages

/// Makes records of every shape, the same ones for the same seed.
struct RandomMessages {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func number(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }

    mutating func text() -> String {
        let pieces = ["a", "企业", "\"", "\\", "\n", "\u{1}", "😀", "é", "/", " ", "张三", "0"]
        return (0..<number(12)).map { _ in pieces[number(pieces.count)] }.joined()
    }

    mutating func maybe<Value>(_ make: (inout RandomMessages) -> Value) -> Value? {
        number(3) == 0 ? nil : make(&self)
    }

    mutating func digest() -> ContentDigest {
        ContentDigest(high: UInt64(number(.max)), low: UInt64(number(.max)))
    }

    mutating func list<Value>(_ make: (inout RandomMessages) -> Value) -> [Value] {
        (0..<number(4)).map { _ in make(&self) }
    }

    mutating func user() -> UserRecord {
        UserRecord(
            externalID: "u" + text(),
            openUserID: maybe { $0.text() },
            username: maybe { $0.text() },
            displayName: maybe { $0.text() },
            email: maybe { $0.text() },
            mobile: maybe { $0.text() },
            telephone: maybe { $0.text() },
            title: maybe { $0.text() },
            alias: maybe { $0.text() },
            gender: maybe { $0.text() },
            employeeNumber: maybe { $0.text() },
            avatar: maybe { $0.text() },
            address: maybe { $0.text() },
            manager: maybe { $0.text() },
            department: maybe { $0.text() },
            locale: maybe { $0.text() },
            status: maybe { [.active, .disabled, .notActivated, .left][$0.number(4)] },
            mainDepartment: maybe { Int64($0.number(1 << 40)) },
            memberships: maybe { random in
                random.list {
                    UserRecord.Membership(
                        department: Int64($0.number(30_000)),
                        order: Int64($0.number(1 << 32)),
                        isLeader: $0.number(2) == 0
                    )
                }
            },
            leaders: maybe { random in random.list { $0.text() } },
            attributes: Dictionary(list { ("k\($0.number(9))", $0.text()) }) { $1 },
            contentHash: digest()
        )
    }

    mutating func fields() -> MappedFields {
        MappedFields(always: list { $0.text() }, onCreate: list { $0.text() })
    }

    mutating func department() -> DepartmentRecord {
        DepartmentRecord(
            externalID: Int64(number(30_000)),
            parentID: maybe { Int64($0.number(30_000)) },
            name: maybe { $0.text() },
            englishName: maybe { $0.text() },
            order: maybe { Int64($0.number(1 << 32)) },
            leaders: maybe { random in random.list { $0.text() } },
            contentHash: digest()
        )
    }

    mutating func origin() -> PageOrigin {
        PageOrigin(department: Int64(number(1 << 40)), part: number(1 << 20), digest: digest())
    }

    mutating func unchangedPages() -> UnchangedPages {
        UnchangedPages(
            page: number(1_000_000),
            mappingNumber: MappingNumber(rawValue: Int64(number(1_000_000))),
            pages: list { random in
                UnchangedPages.Page(origin: random.origin(), users: DigestList(random.list { $0.digest() }))
            },
            mapping: maybe { $0.digest() }
        )
    }

    mutating func directoryChanges() -> DirectoryChanges {
        DirectoryChanges(
            incarnation: .make(),
            snapshot: maybe { DirectorySnapshot(part: 1 + $0.number(1_000), isLast: $0.number(2) == 0) },
            generation: Generation(rawValue: Int64(1 + number(5))),
            userIDCase: number(2) == 0 ? .sensitive : .insensitive,
            sequence: Int64(number(1 << 40)),
            users: list { random in
                DirectoryChanges.UserChange(
                    kind: random.kind(),
                    id: .make(),
                    externalID: "u" + random.text(),
                    username: random.maybe { $0.text() },
                    displayName: random.maybe { $0.text() },
                    email: random.maybe { $0.text() },
                    isEnabled: random.number(2) == 0,
                    departments: random.list { Int64($0.number(1 << 40)) },
                    phoneNumber: random.maybe { $0.text() },
                    address: random.maybe { $0.text() }
                )
            },
            departments: list { random in
                DirectoryChanges.DepartmentChange(
                    kind: random.kind(),
                    externalID: Int64(random.number(30_000)),
                    parentID: random.maybe { Int64($0.number(30_000)) },
                    name: random.maybe { $0.text() }
                )
            }
        )
    }

    private mutating func kind() -> DirectoryChanges.Kind {
        DirectoryChanges.Kind.allCases[number(DirectoryChanges.Kind.allCases.count)]
    }

    mutating func slice() -> PageSlice {
        let count = 1 + number(9)
        return PageSlice(number: 1 + number(count), count: count)
    }

    mutating func fieldProblem() -> FieldProblem {
        let kinds = FieldProblem.Kind.allCases
        return FieldProblem(
            DirectoryObject(number(2) == 0 ? .user : .department, text()),
            field: text(),
            kinds[number(kinds.count)]
        )
    }

    mutating func rejected() -> RejectedRecord {
        RejectedRecord(externalID: maybe { $0.text() }, reason: text())
    }
}
