import Messages
import Postgres
import Testing

@testable import Writer

/// What WeCom does not tell stays, what it tells to be empty is cleared (architecture.md §3.4).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct AbsentFieldTests {
    /// A person of whom all is told.
    static let whole: UserRecord = {
        var record = person("ann", name: "Ann", email: "a@x", title: "Boss", status: .disabled, departments: [1, 2])
        (record.mainDepartment, record.leaders) = (2, ["bob"])
        record.attributes = ["k": "v"]
        return record
    }()

    /// A directory with that person, and a run that brings another record of them.
    func after(
        _ change: (inout UserRecord) -> Void,
        _ body: @Sendable (Story) async throws -> Void
    ) async throws {
        var record = Self.whole
        record.contentHash = ContentDigest(of: "changed")
        change(&record)
        let changed = record
        try await Story.with { story in
            try await story.run([Self.whole], departments: [1, 2])
            let finished = try await story.run([changed], departments: [1, 2])
            #expect(finished?.outcome == .succeeded)
            try await body(story)
        }
    }

    func row(_ story: Story) async throws -> [String] {
        try await story.world.strings(
            """
            select concat_ws(' ', status, coalesce(main_department::text, '-'), coalesce(leaders::text, '-'),
                coalesce(attributes::text, '-'))
            from directory.users
            """
        )
    }

    @Test("a record that tells nothing leaves all as it was, and the change tells what the directory has")
    func absent() async throws {
        try await after {
            $0.status = nil
            ($0.memberships, $0.leaders, $0.mainDepartment) = (nil, nil, nil)
            ($0.displayName, $0.email, $0.attributes) = (nil, nil, [:])
        } _: { story async throws in
            #expect(try await row(story) == [#"2 2 {bob} {"k": "v"}"#])
            #expect(try await story.world.memberships(of: story.source) == ["ann 1", "ann 2"])
            let told = try #require(try await story.world.changes(of: story.source).flatMap(\.users).last)
            #expect(told.kind == .updated)
            #expect(!told.isEnabled)
            #expect(told.departments == [1, 2])
            #expect((told.displayName, told.email) == ("Ann", "a@x"))
        }
    }

    @Test("departments are told in the order of their numbers, whatever WeCom's is")
    func departmentOrder() async throws {
        try await after {
            $0.memberships = [
                .init(department: 2, order: 0, isLeader: false), .init(department: 1, order: 0, isLeader: false),
            ]
        } _: { story async throws in
            #expect(try await story.world.changes(of: story.source).flatMap(\.users).last?.departments == [1, 2])
        }
    }

    @Test("what is empty is cleared")
    func empty() async throws {
        try await after {
            ($0.memberships, $0.leaders, $0.mainDepartment) = ([], [], 0)
            $0.attributes = ["k": ""]
        } _: { story async throws in
            #expect(try await row(story) == [#"2 - - {"k": ""}"#])
            #expect(try await story.world.memberships(of: story.source).isEmpty)
            #expect(try await story.world.changes(of: story.source).flatMap(\.users).last?.departments == [])
        }
    }

    @Test("a new person of whom no status is told is active")
    func new() async throws {
        try await Story.with { story in
            var record = person("ann")
            (record.status, record.memberships, record.leaders) = (nil, nil, nil)
            try await story.run([record])
            #expect(try await story.present() == ["ann"])
            #expect(try await story.world.changes(of: story.source).flatMap(\.users).map(\.isEnabled) == [true])
        }
    }

    @Test("a department keeps name, parent, order and leaders of which nothing is told, and loses what is empty")
    func departments() async throws {
        try await Story.with { story in
            var record = department(2, "Sales", parent: 1)
            (record.order, record.leaders) = (7, ["ann"])
            let first = story.next()
            try await story.play { try $0.append(first, departments: [department(1), record], users: []) }
            var silent = DepartmentRecord(
                externalID: 2,
                parentID: nil,
                name: nil,
                order: nil,
                leaders: nil,
                contentHash: ContentDigest(of: "silent")
            )
            let second = story.next()
            try await story.play { [silent] in try $0.append(second, departments: [department(1), silent], users: []) }
            let row: SQL =
                """
                select concat_ws(' ', name, parent_id, sort_order, leaders::text) from directory.departments
                where external_id = 2
                """
            #expect(try await story.world.strings(row) == ["Sales 1 7 {ann}"])
            silent.leaders = []
            silent.contentHash = ContentDigest(of: "empty")
            let third = story.next()
            try await story.play { [silent] in try $0.append(third, departments: [department(1), silent], users: []) }
            #expect(try await story.world.strings(row) == ["Sales 1 7 {}"])
        }
    }
}
