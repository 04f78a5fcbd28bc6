import Messages
import Testing

@testable import Writer

@Suite struct AnnouncementTests {
    @Test("messages carry 500 each at most, departments first")
    func messages() throws {
        var announcement = Announcement(.first, .insensitive)
        announcement.add((0..<1_001).map { Self.change("u\($0)", .created) })
        announcement.add([DirectoryChanges.DepartmentChange(kind: .created, externalID: 1, parentID: nil, name: "a")])
        let messages = try Self.messages(announcement)
        #expect(announcement.count == 4)
        #expect(messages.map(\.departments.count) == [1, 0, 0, 0])
        #expect(messages.map(\.users.count) == [0, 500, 500, 1])
        #expect(messages.flatMap(\.users).map(\.externalID) == (0..<1_001).map { "u\($0)" })
    }

    @Test("no message is larger than the outbox takes, however long the names are")
    func bytes() throws {
        var announcement = Announcement(.first, .insensitive)
        let names = [String(repeating: "企", count: 680), String(repeating: "\u{1}", count: 2_000), "ann"]
        for number in 0..<900 {
            let record = person("u\(number)", name: names[number % 3], departments: Array(1...40))
            announcement.add(record, id: .make(), kind: .created)
        }
        announcement.add(
            (0..<900).map { .init(kind: .created, externalID: $0, parentID: 1, name: names[Int($0) % 3]) }
        )
        let told = announcement.drafts.map {
            $0.finish(incarnation: Self.life, generation: .first, userIDCase: .insensitive, sequence: 1)
        }
        #expect(told.allSatisfy { $0.count <= Announcement.messageSize })
        let messages = try told.map { try DirectoryChanges.decode($0) }
        #expect(messages.flatMap(\.users).count == 900)
        #expect(messages.flatMap(\.departments).count == 900)
    }

    @Test(
        "a person is told of by their record as by a change that says the same",
        arguments: UserRecord.Status.allCases
    )
    func records(status: UserRecord.Status) throws {
        let record = UserRecord(
            externalID: "ann",
            username: "Ann \"A\"",
            displayName: "",
            mobile: "not told of",
            status: status,
            memberships: [.init(department: 7, order: 1), .init(department: 3, isLeader: true)],
            contentHash: .zero
        )
        let id = UserID.make()
        var (byRecord, byChange) = (Announcement(.first, .insensitive), Announcement(.first, .insensitive))
        byRecord.add(record, id: id, kind: .created)
        byChange.add([DirectoryChanges.UserChange(record, id: id, kind: .created)])
        let told = try Self.messages(byRecord)[0].users
        #expect(try Self.messages(byRecord) == Self.messages(byChange))
        #expect(told.map(\.departments) == [[3, 7]])
        #expect(told.map(\.isEnabled) == [status.isEnabled])
    }

    @Test("telephone number and address are told where they may be, and of nobody who may not log on")
    func contacts() throws {
        var record = person("ann", mobile: "")
        (record.telephone, record.address) = ("020-1234", "Here")
        let change = DirectoryChanges.UserChange(record, id: .make(), kind: .updated)
        var shut = change
        shut.isEnabled = false
        for tells in [true, false] {
            var announcement = Announcement(.first, .insensitive, tellsContacts: tells)
            announcement.add(record, id: .make(), kind: .created)
            announcement.add([change, shut])
            let told = try Self.messages(announcement).flatMap(\.users)
            let phones: [String?] = tells ? ["020-1234", "020-1234", nil] : [nil, nil, nil]
            let addresses: [String?] = tells ? ["Here", "Here", nil] : [nil, nil, nil]
            #expect(told.map(\.phoneNumber) == phones)
            #expect(told.map(\.address) == addresses)
        }
    }

    @Test("only that people are new or have changed may wait", arguments: DirectoryChanges.Kind.allCases)
    func waiting(kind: DirectoryChanges.Kind) {
        var announcement = Announcement(.first, .insensitive)
        announcement.add([Self.change("ann", .created), Self.change("bob", kind)])
        #expect(announcement.canWait == (kind == .created || kind == .updated))
    }

    private static let life = Incarnation.make()

    private static func messages(_ announcement: Announcement) throws -> [DirectoryChanges] {
        return try announcement.drafts.map {
            try DirectoryChanges.decode(
                $0.finish(incarnation: life, generation: .first, userIDCase: .insensitive, sequence: 1)
            )
        }
    }

    private static func change(_ name: String, _ kind: DirectoryChanges.Kind) -> DirectoryChanges.UserChange {
        DirectoryChanges.UserChange(
            kind: kind,
            id: .make(),
            externalID: name,
            username: nil,
            displayName: nil,
            email: nil,
            isEnabled: true,
            departments: []
        )
    }
}
