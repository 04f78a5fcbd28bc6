import Messages
import Testing

@testable import Writer

@Suite struct AnnouncementTests {
    @Test("messages carry 500 each at most, departments first, numbered one after the other")
    func messages() {
        var announcement = Announcement()
        announcement.add((0..<1_001).map { Self.change("u\($0)", .created) })
        announcement.add([DirectoryChanges.DepartmentChange(kind: .created, externalID: 1, parentID: nil, name: "a")])
        let messages = announcement.messages(from: 7)
        #expect(announcement.count == 4)
        #expect(messages.map(\.sequence) == [7, 8, 9, 10])
        #expect(messages.map(\.departments.count) == [1, 0, 0, 0])
        #expect(messages.map(\.users.count) == [0, 500, 500, 1])
        #expect(messages.flatMap(\.users).map(\.externalID) == (0..<1_001).map { "u\($0)" })
    }

    @Test("only that people are new or have changed may wait", arguments: DirectoryChanges.Kind.allCases)
    func waiting(kind: DirectoryChanges.Kind) {
        var announcement = Announcement()
        announcement.add([Self.change("ann", .created), Self.change("bob", kind)])
        #expect(announcement.canWait == (kind == .created || kind == .updated))
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
