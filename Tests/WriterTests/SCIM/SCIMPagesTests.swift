import HTTPTypes
import KafkaTesting
import Messages
import Postgres
import Runtime
import Testing

@testable import Writer

/// What pages of SCIM's hold, and what they cost others.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct SCIMPagesTests {
    /// Six departments, the first with everybody, the others with one or two people each.
    private func with(_ body: @Sendable (WriterWorld, Source) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let users = (1...7).map { person("p\($0)", departments: [1, Int64($0 / 2 + 2)]) }
            let departments = (1...6).map { department($0, "D\($0)", parent: $0 == 1 ? nil : 1) }
            var log = RunLog()
            try log.append(RunLog.Run(source: source), departments: departments, users: users)
            try await world.assignedIntake().read(log)
            try await body(world, source)
        }
    }

    private func page(
        _ query: String,
        of kind: SCIMResourceKind = .groups,
        _ directory: SCIMDirectory,
        _ source: Source
    ) async throws -> SCIMDirectory.Page {
        let query = try SCIMQuery(try SCIMParameters(query: query), of: kind)
        return try await directory.page(of: kind, query, at: "", as: .tenant(source.tenant))
    }

    private func directory(_ world: WriterWorld, patience: Duration = .seconds(10)) -> SCIMDirectory {
        SCIMDirectory(
            directory: DirectoryReading(database: world.database, historyDays: 180),
            patience: patience,
            mostMembers: 3
        )
    }

    @Test("a page names no more members than it may, but all of a department's, and no department is left out")
    func members() async throws {
        try await with { world, source in
            let directory = directory(world)
            var (groups, sizes): ([JSON], [Int]) = ([], [])
            var cursor = ""
            repeat {
                let page = try await page("count=4&cursor=\(cursor)", directory, source)
                #expect(page.total == 6)
                groups += page.resources.map { .object($0.members) }
                sizes.append(page.resources.reduce(0) { $0 + JSON.object($1.members)["members"].elements.count })
                cursor = page.next?.text(of: "Group ") ?? ""
            } while !cursor.isEmpty && sizes.count < 9
            #expect(groups.compactMap { $0["externalId"].text } == (1...6).map { "\($0)" })
            #expect(groups.map { $0["members"].elements.count } == [7, 1, 2, 2, 2, 0])
            #expect(sizes == [7, 3, 2, 2])
            let index = try await page("startIndex=2&count=4", directory, source)
            #expect(index.resources.count == 2 && index.total == 6)
            #expect(try await page("excludedAttributes=members", directory, source).resources.count == 6)
        }
    }

    @Test("a walk by cursors is counted once, at its beginning")
    func counts() async throws {
        try await with { world, source in
            let directory = directory(world)
            let first = try await page("count=2&cursor=", of: .users, directory, source)
            #expect(first.total == 7)
            try await world.database.run("delete from directory.users where directory_key = 'p1'")
            let cursor = try #require(first.next).text(of: "User ")
            #expect(try await page("count=2&cursor=\(cursor)", of: .users, directory, source).total == 7)
            #expect(try await page("count=2&cursor=", of: .users, directory, source).total == 6)
        }
    }

    @Test("a page of nobody leads to the page that it stands before")
    func nobody() async throws {
        try await with { world, source in
            let directory = directory(world)
            let all = try await page("cursor=", of: .users, directory, source).resources.map(\.version)
            let none = try await page("count=0&cursor=", of: .users, directory, source)
            #expect(none.total == 7 && none.resources.isEmpty)
            let start = try #require(none.next).text(of: "User ")
            let two = try await page("count=2&cursor=\(start)", of: .users, directory, source)
            #expect(two.resources.map(\.version) == Array(all.prefix(2)))
            let middle = try #require(two.next).text(of: "User ")
            let still = try await page("count=0&cursor=\(middle)", of: .users, directory, source)
            #expect(still.next == two.next && still.resources.isEmpty)
        }
    }

    @Test("a department without its members is not read with them, unless its version is asked for")
    func withoutMembers() async throws {
        try await with { world, source in
            try await SCIMReader.with(world, source) { reader async throws in
                let path = "Groups/\(source.id).1"
                let whole = try await reader.get(path)
                let version = try #require(whole.headers[.eTag])
                #expect(whole["members"].elements.count == 7)
                for query in ["excludedAttributes=members", "attributes=displayName"] {
                    let plain = try await reader.get("\(path)?\(query)")
                    #expect(plain.status == .ok && plain["displayName"].text == "D1")
                    #expect(plain["members"] == .null && plain["meta"]["version"] == .null)
                    #expect(plain.headers[.eTag] == nil)
                    let known = try await reader.get("\(path)?\(query)", headers: [.ifNoneMatch: version])
                    #expect(known.status == .notModified)
                }
            }
        }
    }

    @Test("whose question waits for a connection is asked to come again; whose own takes too long is told so")
    func busy() async throws {
        try await with { world, source in
            let directory = directory(world, patience: .milliseconds(300))
            let holder = world.database.makeConnection()
            try await holder.perform { connection in
                try connection.execute("begin; select pg_advisory_lock(1); lock table directory.sources")
            }
            let slow = await #expect(throws: Problem.self) { try await page("", directory, source) }
            #expect(slow?.status == .badRequest && slow?.slug == "tooMany")
            let connections = 4
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<connections {
                    group.addTask { try await world.database.run("select pg_advisory_xact_lock(1)") }
                }
                let waiting: SQL = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                try await eventually("all connections taken") {
                    try await holder.perform { try $0.run(waiting)[0].decode(Int.self) } == connections
                }
                let busy = await #expect(throws: Problem.self) { try await page("", directory, source) }
                #expect(busy?.status == .serviceUnavailable && busy?.headers[.retryAfter] != nil)
                try await holder.perform { try $0.execute("rollback; select pg_advisory_unlock_all()") }
                try await group.waitForAll()
            }
            await holder.close()
            #expect(try await page("", directory, source).total == 6)
        }
    }
}
