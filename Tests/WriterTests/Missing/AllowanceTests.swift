import Messages
import Postgres
import Testing

@testable import Writer

/// How many may lose access by a run (architecture.md §3.6).
@Suite(.timeLimit(.minutes(5)))
struct AllowanceTests {
    @Test(
        "by default a run may take five people or a tenth, the larger of both, and never more than half",
        arguments: [
            (0, 0), (1, 0), (2, 1), (3, 1), (8, 4), (10, 5), (49, 5), (50, 5), (60, 6), (100, 10), (1_000, 100),
        ]
    )
    func people(present: Int, allowed: Int) {
        #expect(LossLimits.people.allowance(of: present, after: RecentLosses.Counts()) == allowed)
    }

    @Test("by default a run may take three departments or a fifth", arguments: [(1, 0), (4, 2), (10, 3), (100, 20)])
    func departments(present: Int, allowed: Int) {
        #expect(LossLimits.departments.allowance(of: present, after: RecentLosses.Counts()) == allowed)
    }

    @Test("each window allows what of its own limit is left", arguments: Window.allCases)
    func windows(window: Window) {
        let limit = LossLimit(count: 4, percent: 0)
        var (limits, losses) = (LossLimits.none, RecentLosses.Counts())
        switch window {
        case .run: limits.perRun = limit
        case .day: (limits.perDay, losses.day) = (limit, 3)
        case .week: (limits.perWeek, losses.week) = (limit, 3)
        case .month: (limits.perMonth, losses.month) = (limit, 3)
        }
        #expect(limits.allowance(of: 100, after: losses) == (window == .run ? 4 : 1))
        let other = RecentLosses.Counts(day: 50, week: 50, month: 50)
        #expect(limits.allowance(of: 100, after: other) == (window == .run ? 4 : 0))
    }

    enum Window: CaseIterable { case run, day, week, month }

    @Test("a share is one of those who are there and those whom the window lost")
    func base() {
        let limits = LossLimits(perWeek: LossLimit(count: 0, percent: 20))
        #expect(limits.allowance(of: 90, after: RecentLosses.Counts(week: 10)) == 10)
        #expect(limits.allowance(of: 80, after: RecentLosses.Counts(week: 20)) == 0)
        #expect(limits.allowance(of: 70, after: RecentLosses.Counts(week: 30)) == 0)
    }

    @Test("the strictest window decides")
    func strictest() {
        let losses = RecentLosses.Counts(day: 2, week: 9, month: 9)
        #expect(LossLimits.people.allowance(of: 20, after: losses) == 1)
        #expect(LossLimits.people.allowance(of: 20, after: RecentLosses.Counts(day: 7, week: 7, month: 7)) == 1)
        #expect(LossLimits.people.allowance(of: 20, after: RecentLosses.Counts(month: 15)) == 0)
    }

    @Test("also without limits nobody loses more than half by one run")
    func half() {
        #expect(LossLimits.none.allowance(of: 7, after: RecentLosses.Counts(month: 100)) == 3)
    }

    @Test("people and departments have limits of their own")
    func both() {
        let limits = SafetyLimits(
            people: LossLimits(perRun: LossLimit(count: 2, percent: 0)),
            departments: LossLimits(perDay: LossLimit(count: 5, percent: 0))
        )
        var losses = RecentLosses()
        losses.departments.day = 4
        #expect(Allowance(limits, present: (100, 100), after: losses) == Allowance(users: 2, departments: 1))
    }
}

/// What limits look back at.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct LossesTests {
    static let day: Int64 = 86_400_000

    /// So many milliseconds before a run.
    func time(_ before: Int64) -> Timestamp { Timestamp(millisecondsSince1970: 1_700_000_000_000 - before) }

    @Test(
        "losses count by the time of their runs, up to a day, a week and thirty days before, and not of the run itself"
    )
    func windows() async throws {
        try await WriterWorld.with { world in
            let (id, other) = (IdentityProviderID.make(), IdentityProviderID.make())
            let recent = try await world.database.transaction { connection in
                for (index, before) in [
                    0, 1, Self.day - 1, Self.day, 7 * Self.day - 1, 7 * Self.day, 30 * Self.day - 1,
                    30 * Self.day, -1,
                ].enumerated() {
                    try Losses.note(.user, ["u\(index)"], of: id, at: time(before), on: connection)
                }
                try Losses.note(.department, ["1", "2"], of: id, at: time(1), on: connection)
                try Losses.note(.user, ["u0"], of: other, at: time(1), on: connection)
                return try Losses.recent(of: id, before: time(0), on: connection)
            }
            #expect(recent.users == RecentLosses.Counts(day: 2, week: 4, month: 6))
            #expect(recent.departments == RecentLosses.Counts(day: 2, week: 2, month: 2))
        }
    }

    @Test("who has access again counts no longer, and who loses it once more counts once")
    func givenBack() async throws {
        try await WriterWorld.with { world in
            let id = IdentityProviderID.make()
            try await world.database.transaction { connection in
                try Losses.note(.user, ["ann", "bob"], of: id, at: time(10), on: connection)
                try Losses.note(.user, ["ann"], of: id, at: time(5), on: connection)
                try Losses.forget(.user, ["bob"], of: id, on: connection)
                #expect(try Losses.recent(of: id, before: time(0), on: connection).users.day == 1)
                #expect(try Losses.taken(of: id, at: time(5), on: connection) == 1)
                #expect(try Losses.taken(of: id, at: time(10), on: connection) == 0)
            }
        }
    }

    @Test("what no limit looks back to any more is forgotten, seen from a run's time")
    func old() async throws {
        try await WriterWorld.with { world in
            let id = IdentityProviderID.make()
            try await world.database.transaction { connection in
                try Losses.note(.user, ["old"], of: id, at: time(32 * Self.day), on: connection)
                try Losses.note(.user, ["new"], of: id, at: time(30 * Self.day), on: connection)
                try Losses.forgetOld(of: id, at: time(0), on: connection)
            }
            #expect(try await world.strings("select object from directory.losses") == ["new"])
        }
    }
}
