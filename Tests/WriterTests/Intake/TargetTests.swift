import Messages
import Testing

@testable import Writer

/// Runs of single people and departments (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct TargetTests {
    /// Six people of department 1, three of department 2.
    func withDirectory(_ body: @Sendable (inout Story) async throws -> Void) async throws {
        try await Story.with { story in
            try await story.run(people(0..<6) + people(6..<9, in: [2]), departments: [1, 2])
            try await body(&story)
        }
    }

    /// A run of single objects, with what it read and what WeCom said of its people one by one.
    func read(
        _ story: inout Story,
        _ target: RunTarget,
        day: Double? = nil,
        users: [UserRecord] = [],
        findings: [Finding] = [],
        answering answer: (inout RunLog, RunLog.Run) throws -> Void = { _, _ in }
    ) async throws -> RunFinished? {
        var run = story.next(.objects, day: day)
        run.target = target
        try await story.play { log in
            try log.start(run)
            var pages = 0
            if !target.departments.isEmpty {
                pages += 1
                let departments = target.departments.map { department($0) }
                try log.append(DepartmentBatch(page: pages, departments: departments), of: run)
            }
            if !users.isEmpty {
                pages += 1
                try log.append(UserBatch(page: pages, users: users), of: run)
            }
            var said = manifest(target.departments, users.map(\.externalID), pages: pages)
            said.findings = findings
            try log.append(RunMapped(manifest: said), of: run)
            try answer(&log, run)
        }
        return try await story.end(of: run)
    }

    @Test("a person whom WeCom shows is written, and nobody else is looked at")
    func present() async throws {
        try await withDirectory { story in
            let finished = try await read(
                &story,
                RunTarget(users: ["U03"]),
                users: [person("u03", name: "New")],
                findings: [Finding(.user("U03"), .present)]
            )
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 1, updated: 1))
            #expect(try await story.world.users(of: story.source)["u03"]?.name == "New")
            #expect(try await story.asked().isEmpty)
        }
    }

    @Test("a person of whom WeCom told that they are gone, and whom it does not show, is asked for with witnesses")
    func toldDeleted() async throws {
        try await withDirectory { story in
            let target = RunTarget(users: ["U03"], toldDeleted: ["u03"])
            let finished = try await read(&story, target, findings: [Finding(.user("U03"), .absent, code: 60_111)]) {
                try $0.answer($1, absent: users([3]))
            }
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, removed: 1))
            #expect(try await story.removals() == ["u03 leftCompany"])
            let asked = try #require(try await story.asked().first)
            #expect(asked.objects == users([3]))
            #expect(asked.witnesses.count == 2)
            #expect(!asked.witnesses.contains(.user("u03")))
        }
    }

    @Test("one of whom it was told, and whom WeCom shows after all, stays")
    func toldWrongly() async throws {
        try await withDirectory { story in
            let target = RunTarget(users: ["u03"], toldDeleted: ["u03"])
            let finished = try await read(
                &story,
                target,
                users: people([3]),
                findings: [Finding(.user("u03"), .present)]
            )
            #expect(finished?.outcome == .succeeded)
            #expect(try await story.present().count == 9)
        }
    }

    @Test(
        "who is not shown, and of whom nothing was told, stays, and is told as unknown",
        arguments: [Finding.Answer.absent, .unknown, .refused]
    )
    func untold(answer: Finding.Answer) async throws {
        try await withDirectory { story in
            let finished = try await read(&story, RunTarget(users: ["u03"]), findings: [Finding(.user("u03"), answer)])
            #expect(finished?.outcome == .partial)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 0, unknown: 1))
            #expect(finished?.reasons.count == 1)
            #expect(try await story.present().count == 9)
            #expect(try await story.asked().isEmpty)
            #expect(try await story.missing()["u03"]?.state == .open)
        }
    }

    @Test("that somebody unknown to the directory is not there concerns nobody")
    func stranger() async throws {
        try await withDirectory { story in
            let target = RunTarget(users: ["stranger"], toldDeleted: ["stranger"])
            let finished = try await read(&story, target, findings: [Finding(.user("stranger"), .absent)])
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts == RunCounts())
        }
    }

    @Test("who is missing in a department that was read is asked for, and nobody of others")
    func ofDepartment() async throws {
        try await withDirectory { story in
            let finished = try await read(&story, RunTarget(departments: [2]), users: people(6..<8, in: [2])) {
                try $0.answer($1, absent: users([8]))
            }
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 2, unchanged: 2, removed: 1))
            #expect(try await story.asked().map(\.objects) == [users([8])])
            #expect(try await story.present().count == 8)
            #expect(try await story.world.departments(of: story.source) == [1, 2])
        }
    }

    @Test(
        "who was in a department that was read, is not in its list and is not shown alone, is asked for without an event"
    )
    func freshList() async throws {
        try await withDirectory { story in
            let target = RunTarget(users: ["u08"], departments: [2])
            let finished = try await read(
                &story,
                target,
                users: people(6..<8, in: [2]),
                findings: [Finding(.user("u08"), .absent)],
                answering: { try $0.answer($1, absent: users([8])) }
            )
            #expect(finished?.counts.users.removed == 1)
        }
    }

    @Test("where the app may not ask, no two of them say that anybody is gone: whoever moved is elsewhere")
    func refused() async throws {
        try await withDirectory { story in
            func refuse(_ log: inout RunLog, _ run: RunLog.Run) throws {
                try log.answer(run, refused: users([8]), witnesses: [.refused, .refused])
            }
            let rest = people(6..<8, in: [2])
            for day in [1.0, 2] {
                let target = RunTarget(departments: [2])
                let finished = try await read(&story, target, day: day, users: rest, answering: refuse)
                #expect(finished?.cause == .confirmationNeeded)
            }
            let all = people(0..<6) + rest
            #expect(try await story.run(all, departments: [1, 2], day: 3, answering: refuse)?.outcome == .partial)
            #expect(try await story.present().count == 9)
            #expect(try await story.run(all, departments: [1, 2], day: 4, answering: refuse)?.outcome == .succeeded)
            #expect(try await story.removals() == ["u08 leftCompany"])
        }
    }

    @Test("limits hold for these runs, too")
    func limits() async throws {
        try await withDirectory { story in
            let finished = try await read(&story, RunTarget(departments: [1]), users: people([0])) {
                try $0.answer($1, absent: users(1..<6))
            }
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users.held == 5)
            #expect(try await story.present().count == 9)
        }
    }
}
