import FoundationEssentials
import Messages
import Postgres
import Testing

@testable import Writer

extension WriterWorld {
    /// A person's row, as far as tests look at it.
    struct StoredUser: Equatable {
        var id: UserID
        var name: String?
        var email: String?
        var title: String?
        var status = 1
        var isRemoved = false
    }

    /// Every row of the directory and of the outbox, with the transaction that wrote it: equal where
    /// nothing was written in between.
    func rows(
        of tables: [String] = ["users", "departments", "memberships", "missing", "losses", "run_objects", "outbox"]
    ) async throws -> [String] {
        var rows: [String] = []
        for table in tables {
            let name: SQL = "directory.\(identifier: table)"
            let found = try await database.run(
                "select t.xmin::text || ' ' || row_to_json(t)::text as line from " + name + " t order by line"
            )
            rows += try found.map { try $0.decode(String.self) }
        }
        return rows
    }

    /// The directory's content without regard to how and when it was written, run counts included.
    func content() async throws -> [String] {
        var rows: [String] = []
        for table in ["users", "departments", "memberships", "missing", "losses", "runs", "run_objects"] {
            let name: SQL = "directory.\(identifier: table)"
            let found = try await database.run(
                "select row_to_json(t)::text as line from " + name + " t order by line"
            )
            rows += try found.map { try $0.decode(String.self) }
        }
        return rows
    }

    func users(of source: Source) async throws -> [String: StoredUser] {
        let rows = try await database.run(
            """
            select external_id, id, display_name, email, title, status::integer, removed_at is not null
            from directory.users where idp_id = \(source.id.uuid)
            """
        )
        var users: [String: StoredUser] = [:]
        for row in rows {
            let (externalID, id, name, email, title, status, isRemoved) = try row.decode(
                String.self,
                UUID.self,
                String?.self,
                String?.self,
                String?.self,
                Int.self,
                Bool.self
            )
            users[externalID] = StoredUser(
                id: UserID(id),
                name: name,
                email: email,
                title: title,
                status: status,
                isRemoved: isRemoved
            )
        }
        return users
    }

    /// Who belongs to which departments.
    func memberships(of source: Source) async throws -> [String] {
        try await strings(
            """
            select directory_key || ' ' || department_id from directory.memberships
            where idp_id = \(source.id.uuid) order by 1
            """
        )
    }

    /// The departments that are not removed.
    func departments(of source: Source) async throws -> [Int64] {
        let rows = try await database.run(
            """
            select external_id from directory.departments
            where idp_id = \(source.id.uuid) and removed_at is null order by 1
            """
        )
        return try rows.map { try $0.decode(Int64.self) }
    }

    func strings(_ statement: SQL) async throws -> [String] {
        try await database.run(statement).map { try $0.decode(String.self) }
    }

    /// What was published of changes, oldest first.
    func changes(of source: Source) async throws -> [DirectoryChanges] {
        try await published(DirectoryChanges.self, on: TopicCatalogue.directoryChanges, of: source)
    }

    /// What was published of ended runs, oldest first. The counts of those that did their work have to add up.
    func finished(
        _ source: Source,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [RunFinished] {
        let finished = try await published(RunFinished.self, on: TopicCatalogue.progress, of: source)
        for run in finished where [.succeeded, .partial, .held].contains(run.outcome) {
            #expect(run.counts.users.addsUp, "\(run)", sourceLocation: sourceLocation)
            #expect(run.counts.departments.addsUp, "\(run)", sourceLocation: sourceLocation)
        }
        return finished
    }

    /// What the fetcher is asked, oldest first.
    func asked(_ source: Source) async throws -> [AskFor] {
        try await published(AskFor.self, on: TopicCatalogue.commands, of: source)
    }

    /// Who and what is missing, by name.
    func missing(of source: Source) async throws -> [String: MissingObject] {
        let rows = try await database.transaction { try MissingRows.load(of: source.id, on: $0) }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.externalID, $0) })
    }

    /// The people who have access, by WeCom's names in their order.
    func present(of source: Source) async throws -> [String] {
        try await users(of: source).filter { !$0.value.isRemoved && [1, 4].contains($0.value.status) }.keys.sorted()
    }

    /// What was passed over, oldest first.
    func letters() async throws -> [String] {
        let topic = TopicCatalogue.directoryRecords.deadLetters(of: DirectoryIntake.stage).name
        return try await strings("select headers::text from directory.outbox where topic = \(topic) order by id")
    }

    private func published<M: Message>(_ type: M.Type, on topic: Topic, of source: Source) async throws -> [M] {
        let rows = try await database.run(
            """
            select value from directory.outbox where topic = \(topic.name) and key = \(source.id.description)
            order by id
            """
        )
        return try rows.map { try M.decode($0.decode([UInt8].self)) }
    }
}
