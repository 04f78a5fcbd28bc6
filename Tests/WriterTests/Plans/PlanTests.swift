import Foundation
import Messages
import Postgres
import Runtime
import Testing

@testable import Writer

/// What a dry run says is what is done when its plan is carried out.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct PlanTests {
    private let limits = SafetyLimits(people: .none, departments: .none, protectedUsers: ["ivy"])
    private let before = Shown(
        departments: [department(1, "All"), department(2, "Two")],
        users: [
            person("ann", name: "Ann", title: "Boss", departments: [1, 2]), person("bob", name: "Bob"), person("cid"),
            person("dot", status: .disabled), person("eve", name: "Eve", mobile: "1"), person("fay"), person("ivy"),
        ]
    )
    /// Ann has another name and department, Bob is switched off, Cid is gone, Dot may log on, Eve has another user id,
    /// Fay's record cannot be taken, Hal is new, and Ivy, who is protected, is missing.
    private let after = Shown(
        departments: [department(1, "Every"), department(3)],
        users: [
            person("ann", name: "Anna", departments: [3]), person("bob", name: "Bob", status: .disabled),
            person("dot"), person("eva", name: "Eve", mobile: "1"), person("hal", name: "Hal"),
        ],
        rejected: ["fay"],
        gone: [.department(2), .user("cid"), .user("eve")]
    )

    private func with(_ body: @Sendable (inout Story) async throws -> Void) async throws {
        try await Story.with(limits: limits) { story in
            let first = story.next()
            try await story.play { try before.append(first, to: &$0) }
            try await body(&story)
        }
    }

    /// All that stands in the directory, but for when and by which run.
    private func rows(_ story: Story) async throws -> [String] {
        try await story.world.strings(
            """
            select (to_jsonb(u) - '{created_at,updated_at,removed_at,removed_epoch}'::text[])::text
                || (removed_at is null) from directory.users u
            union all
            select (to_jsonb(d) - '{created_at,updated_at,removed_at,removed_epoch}'::text[])::text
                || (removed_at is null) from directory.departments d
            union all select to_jsonb(m)::text from directory.memberships m
            order by 1
            """
        )
    }

    @Test("a dry run tells every kind of change with before and after, and leaves nothing else behind")
    func tells() async throws {
        try await with { story in
            let rows = try await story.world.rows(of: ["users", "departments", "memberships", "missing", "losses"])
            let plan = try await story.plan(after)
            #expect(try await story.end(of: plan)?.outcome == .partial)
            let told = try await story.told(plan, "plan/objects", limit: 2).map { item in
                ["kind", "externalID", "change", "reason", "hold"].compactMap { item[$0]?.word }
                    .joined(separator: " ")
            }
            #expect(
                told == [
                    "department 1 updated", "department 2 removed", "department 3 created", "user ann updated",
                    "user bob disabled", "user cid removed leftCompany", "user dot restored", "user eva updated",
                    "user fay rejected", "user hal created", "user ivy held protected",
                ]
            )
            let now = try await story.world.rows(of: ["users", "departments", "memberships", "missing", "losses"])
            #expect(now == rows)
            #expect(try await story.rowsOfRuns() == 0)
            #expect(try await story.world.strings("select part::text from directory.planned_parts") == [])
        }
    }

    @Test("the plan is told with its figures, and by what it expires")
    func figures() async throws {
        try await with { story in
            var terms = story.source.terms
            terms.planHours = 48
            let plan = try await story.plan(after, terms: terms)
            let told = try await story.plan(of: plan)
            let people: [String: Int64] = [
                "created": 1, "disabled": 1, "held": 1, "rejected": 1, "removed": 1, "restored": 1, "updated": 2,
            ]
            #expect(told["users"] == .object(people.mapValues { .integer($0) }))
            let departments: [String: Int64] = ["created": 1, "removed": 1, "updated": 1]
            #expect(told["departments"] == .object(departments.mapValues { .integer($0) }))
            #expect(told["objects"] == .integer(11))
            #expect(told["mapping"] == .integer(1))
            #expect(told["state"] == .string("expired"))
            #expect(told["requestedAt"] == .string(plan.time.description))
            let end = Timestamp(millisecondsSince1970: plan.time.millisecondsSince1970 + 48 * 3_600_000)
            #expect(told["expiresAt"] == .string(end.description))
        }
    }

    @Test("a plan that is carried out does to each object what it says, and ends as it says")
    func carriesOut() async throws {
        try await with { story in
            let plan = try await story.plan(after)
            let counts = try await story.end(of: plan)?.counts
            let run = try await story.carryOut(plan, after)
            let end = try await story.end(of: run)
            #expect(end?.outcome == .partial)
            #expect(end?.counts == counts)
            try await story.expect(run, didWhat: plan)
            #expect(try await story.plan(of: plan)["state"] == .string("carriedOut"))
            #expect(try await story.plan(of: plan)["carriedOutBy"] == .string(run.id.description))
            #expect(try await story.missing().keys.sorted() == ["ivy"])
        }
    }

    @Test("what a plan has done is undone, byte for byte but for times")
    func undone() async throws {
        try await with { story in
            let kept = after.users.filter { $0.externalID != "eva" } + [person("eve", name: "Eve", mobile: "1")]
            var shown = after
            (shown.users, shown.gone) = (kept, [.department(2), .user("cid")])
            let rows = try await self.rows(story)
            let plan = try await story.plan(shown)
            let run = try await story.carryOut(plan, shown)
            #expect(try await self.rows(story) != rows)
            _ = try await story.decide(.undo, upTo: run.epoch)
            // Who and what was new is removed, and has rows until the grace period is over.
            let new = [#""external_id": "hal""#, #""directory_key": "hal""#, #""external_id": 3,"#]
            let now = try await self.rows(story).filter { row in !new.contains { row.contains($0) } }
            #expect(now == rows)
        }
    }

    @Test("whoever takes the partition on after each message ends the same")
    func handOver() async throws {
        try await with { story in
            let plan = try await story.plan(after)
            var again = story.next()
            again.isDryRun = true
            let dry = again
            try await story.handOverAfterEach { try after.append(dry, to: &$0) }
            let digest = try await story.plan(of: plan)["digest"]
            #expect(digest != nil)
            #expect(try await story.plan(of: dry)["digest"] == digest)
            var run = story.next()
            run.plan = plan.epoch
            let carrying = run
            try await story.handOverAfterEach { try after.append(carrying, to: &$0) }
            try await story.expect(carrying, didWhat: plan)
            #expect(try await story.end(of: carrying)?.outcome == .partial)
        }
    }

    @Test("a new holder of the run reads it anew, and the plan is the same")
    func newHolder() async throws {
        try await with { story in
            let plan = try await story.plan(after)
            var run = story.next()
            run.isDryRun = true
            let first = run
            run.fence = 2
            let second = run
            try await story.play { log in
                try log.start(first)
                try log.append(DepartmentBatch(page: 1, departments: after.departments), of: first)
                try log.append(UserBatch(page: 2, users: Array(after.users.prefix(2))), of: first)
                try after.append(second, to: &log)
            }
            #expect(try await story.plan(of: second)["digest"] == story.plan(of: plan)["digest"])
        }
    }

    @Test("what is decided is planned like any run", arguments: [RunSync.Kind.undo, .apply, .reject])
    func decisions(kind: RunSync.Kind) async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody, departments: .none)) { story in
            try await story.run(people(0..<10))
            try await story.run(people(0..<9) + [person("new")], gone: users([9]))
            func decision(_ story: inout Story, plan: Int64? = nil) -> RunLog.Run {
                var run = story.next(kind)
                (run.isDryRun, run.plan) = (plan == nil, plan)
                run.selection = HeldSelection(upTo: Epoch(rawValue: 2))
                return run
            }
            let gone = kind == .apply ? users([9]) : []
            let plan = decision(&story)
            try await story.play { try $0.decide(plan, gone: gone) }
            #expect(try await story.present().count == 11)
            #expect(try await story.missing()["u09"]?.state == .held)
            let run = decision(&story, plan: plan.epoch)
            try await story.play { try $0.decide(run, gone: gone) }
            try await story.expect(run, didWhat: plan)
            #expect(try await !story.told(plan, "plan/objects").isEmpty)
        }
    }

    /// `PLAN_PEOPLE`, where it is to be tried at another size.
    private static let size = ProcessInfo.processInfo.environment["PLAN_PEOPLE"].flatMap { Int($0) } ?? 1_000

    @Test("plan and effect are equal object by object, whatever the size")
    func large() async throws {
        let size = Self.size
        let units = (1...20).map { department(Int64($0), "D\($0)") }
        func everybody(_ change: (Int) -> UserRecord?) -> [UserRecord] { (0..<size).compactMap(change) }
        func someone(_ number: Int, name: String = "N", status: UserRecord.Status = .active) -> UserRecord {
            person("p\(number)", name: "\(name)\(number)", status: status, departments: [Int64(1 + number % 20)])
        }
        let first = Shown(
            departments: units,
            users: everybody { $0 % 10 == 0 ? nil : someone($0, status: $0 % 10 == 1 ? .disabled : .active) }
        )
        let second = Shown(
            departments: units.dropLast() + [department(30, "New")],
            users: everybody { number in
                switch number % 10 {
                case 2: nil
                case 3: someone(number, name: "M")
                case 4: someone(number, status: .disabled)
                default: someone(number)
                }
            },
            gone: [.department(20)] + (0..<size).filter { $0 % 10 == 2 }.map { .user("p\($0)") }
        )
        try await Story.with(limits: SafetyLimits(people: .none, departments: .none)) { story in
            let begin = story.next()
            try await story.play { try first.append(begin, to: &$0) }
            let clock = ContinuousClock()
            var plan = begin
            let planning = try await clock.measure { plan = try await story.plan(second) }
            var run = begin
            let carrying = try await clock.measure { run = try await story.carryOut(plan, second) }
            #expect(try await story.end(of: run)?.outcome == .succeeded)
            try await story.expect(run, didWhat: plan)
            #expect(try await story.told(plan, "plan/objects", limit: 1_000).count == size / 2 + 2)
            if size > 1_000 { print("planned in \(planning), carried out in \(carrying)") }
        }
    }
}
