import Messages
import Postgres
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct FullRunTests {
    @Test("a run creates people, departments and memberships, and publishes them and its end")
    func creates() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(
                RunLog.Run(source: source),
                departments: [department(1, "All"), department(2, "Sales", parent: 1)],
                users: [person("Ann", name: "Ann", departments: [1, 2]), person("bob", status: .disabled)]
            )
            #expect(try await world.assignedIntake().read(log).isEmpty)
            let users = try await world.users(of: source)
            #expect(users["Ann"] == WriterWorld.StoredUser(id: source.user("ann"), name: "Ann"))
            #expect(users["bob"]?.status == 2)
            #expect(try await world.departments(of: source) == [1, 2])
            #expect(try await world.memberships(of: source) == ["ann 1", "ann 2", "bob 1"])
            let changes = try await world.changes(of: source)
            #expect(changes.map(\.sequence) == Array(1...Int64(changes.count)))
            #expect(changes.flatMap(\.departments).map(\.kind) == [.created, .created])
            #expect(changes.flatMap(\.users).map(\.externalID) == ["Ann", "bob"])
            #expect(changes.flatMap(\.users).map(\.isEnabled) == [true, false])
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .succeeded)
            #expect(finished.reasons.isEmpty)
            #expect(finished.counts.users == RunCounts.Objects(seen: 2, created: 2))
            #expect(finished.counts.departments == RunCounts.Objects(seen: 2, created: 2))
        }
    }

    @Test("an equal run afterwards writes no row of the directory")
    func unchanged() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let users = [person("ann", name: "Ann"), person("bob")]
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: users)
            let intake = try await world.assignedIntake()
            try await intake.read(log)
            let tables = ["users", "departments", "memberships"]
            let before = try await world.rows(of: tables)
            let first = log.end
            try log.append(RunLog.Run(source: source, epoch: 2), users: users)
            try await intake.read(log, from: first)
            #expect(try await world.rows(of: tables) == before)
            let counts = try await world.finished(source).map(\.counts.users)
            #expect(counts.last == RunCounts.Objects(seen: 2, unchanged: 2))
            #expect(try await world.changes(of: source).flatMap(\.users).count == 2)
        }
    }

    @Test("what changed is updated, what WeCom did not tell stays, and an empty text clears")
    func updates() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(
                RunLog.Run(source: source),
                users: [
                    person("ann", name: "Ann", email: "a@x", title: "Boss", departments: [1], attributes: ["k": "1"])
                ]
            )
            try log.append(
                RunLog.Run(source: source, epoch: 2),
                users: [person("ann", name: "Anna", title: "", departments: [2], attributes: ["m": "2"])]
            )
            try await world.assignedIntake().read(log)
            let ann = try #require(try await world.users(of: source)["ann"])
            #expect(ann == WriterWorld.StoredUser(id: source.user("ann"), name: "Anna", email: "a@x", title: ""))
            #expect(try await world.memberships(of: source) == ["ann 2"])
            let attributes = try await world.strings("select attributes::text from directory.users")
            #expect(attributes == [#"{"k": "1", "m": "2"}"#])
            let change = try #require(try await world.changes(of: source).flatMap(\.users).last)
            #expect(change.kind == .updated)
            #expect(change.email == "a@x")
        }
    }

    @Test("a department's parent and order stay where WeCom does not tell them, and the parent 0 is none")
    func departmentFields() async throws {
        @Sendable func record(_ id: Int64, parent: Int64?, order: Int64?, hash: UInt64) -> DepartmentRecord {
            DepartmentRecord(
                externalID: id,
                parentID: parent,
                name: nil,
                order: order,
                contentHash: ContentDigest(high: hash, low: UInt64(id))
            )
        }
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            let first = [
                record(1, parent: 0, order: nil, hash: 1), record(2, parent: 1, order: 7, hash: 1),
                record(3, parent: 1, order: 8, hash: 1),
            ]
            let second = [
                record(1, parent: nil, order: 5, hash: 2), record(2, parent: nil, order: nil, hash: 2),
                record(3, parent: 0, order: 0, hash: 2),
            ]
            try log.append(RunLog.Run(source: source), departments: first, users: [])
            let intake = try await world.assignedIntake()
            try await intake.read(log)
            let rows: SQL = """
                select concat_ws(' ', external_id, coalesce(parent_id::text, '-'), sort_order)
                from directory.departments order by external_id
                """
            #expect(try await world.strings(rows) == ["1 - 0", "2 1 7", "3 1 8"])
            let end = log.end
            try log.append(RunLog.Run(source: source, epoch: 2), departments: second, users: [])
            try await intake.read(log, from: end)
            #expect(try await world.strings(rows) == ["1 - 5", "2 1 7", "3 - 0"])
            let parents = try await world.changes(of: source).flatMap(\.departments).map(\.parentID)
            #expect(parents.compactMap(\.self) == [1, 1])
        }
    }

    @Test(
        "it makes no difference whether records of a person come in one transaction or in several",
        arguments: [1, 9]
    )
    func grouping(size: Int64) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(UserBatch(page: 1, users: [person("ann", name: "Ann", email: "a@x")]), of: run)
            try log.append(UserBatch(page: 2, users: [person("ann", name: "Anna", title: "Boss")]), of: run)
            try log.append(RunMapped(manifest: manifest([], ["ann"])), of: run)
            try await world.assignedIntake().read(log, by: size)
            let ann = WriterWorld.StoredUser(id: source.user("ann"), name: "Anna", email: "a@x", title: "Boss")
            #expect(try await world.users(of: source) == ["ann": ann])
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .succeeded)
            #expect(finished.counts.users == RunCounts.Objects(seen: 1, created: 1))
        }
    }

    @Test("a dry run counts and ends, and writes nothing else")
    func dryRun() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source, isDryRun: true), users: [person("ann")])
            try await world.assignedIntake().read(log)
            #expect(try await world.users(of: source).isEmpty)
            #expect(try await world.changes(of: source).isEmpty)
            #expect(try await world.finished(source).map(\.counts.users) == [RunCounts.Objects(seen: 1, created: 1)])
        }
    }

    @Test("a run that was aborted ends as told, with its reason and WeCom's code")
    func aborted() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(UserBatch(page: 1, users: [person("ann")]), of: run)
            try log.append(RunAborted(outcome: .failed, reason: "No permission.", errorCode: 60_011), of: run)
            try await world.assignedIntake().read(log)
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .failed)
            #expect(finished.reasons == ["No permission."])
            #expect(finished.errorCode == 60_011)
            #expect(try await world.users(of: source).keys.sorted() == ["ann"])
        }
    }

    @Test("tenants whose people have equal ids do not mix")
    func tenants() async throws {
        try await WriterWorld.with { world in
            let (one, other) = (Source(), Source())
            var log = RunLog()
            try log.append(RunLog.Run(source: one), users: [person("ann", name: "One"), person("bob")])
            try log.append(RunLog.Run(source: other), users: [person("ann", name: "Other")])
            try log.append(RunLog.Run(source: one, epoch: 2), users: [person("bob")], gone: [.user("ann")])
            try await world.assignedIntake().read(log)
            #expect(try await world.users(of: one)["ann"]?.isRemoved == true)
            let ann = try #require(try await world.users(of: other)["ann"])
            #expect(ann == WriterWorld.StoredUser(id: other.user("ann"), name: "Other"))
            #expect(one.user("ann") != other.user("ann"))
            let tenants = try await world.strings(
                "select distinct tenant_id::text from directory.users where idp_id = \(other.id.uuid)"
            )
            #expect(tenants == [other.tenant.description])
        }
    }

    @Test("user ids are compared as the run's terms say", arguments: UserIDCase.allCases)
    func userIDCase(rule: UserIDCase) async throws {
        try await WriterWorld.with { world in
            var source = Source()
            source.terms.userIDCase = rule
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(UserBatch(page: 1, users: [person("Ann"), person("ann")]), of: run)
            var said = manifest([], ["ann"], pages: 1)
            if rule == .sensitive {
                said.distinctUsers = 2
                said.userDigest = ContentDigest(of: "Ann") &+ ContentDigest(of: "ann")
            }
            try log.append(RunMapped(manifest: said), of: run)
            try await world.assignedIntake().read(log)
            #expect(try await world.finished(source).map(\.outcome) == [.succeeded])
            let keys = try await world.strings("select directory_key from directory.users order by 1")
            #expect(keys == (rule == .sensitive ? ["Ann", "ann"] : ["ann"]))
            #expect(try await world.changes(of: source).allSatisfy { $0.userIDCase == rule })
        }
    }
}
