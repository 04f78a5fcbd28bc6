import Foundation
import Messages
import Postgres
import Testing

@testable import Writer

/// Whatever happens to a corp, plans say what is done, and runs that carry them out do what any run does.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct PlanHistoryTests {
    /// `HISTORY_SEED`, where a failure or another history is to be seen.
    private static let seed = ProcessInfo.processInfo.environment["HISTORY_SEED"].flatMap { UInt64($0) }

    @Test(
        "a random history by plans is the same as one without",
        arguments: [LossLimits.none, LossLimits.people, LossLimits.nobody]
    )
    func equal(limits: LossLimits) async throws {
        let seed = Self.seed ?? 404_689_975
        let limits = SafetyLimits(people: limits, departments: .none)
        try await Story.with(limits: limits) { plain in
            let usual = plain
            try await Story.with(limits: limits) { planned in
                var (plain, corp) = (usual, RandomCorp(seed: seed))
                for step in 1...12 {
                    corp.change()
                    let rejected = corp.users.filter { _ in corp.number(12) == 0 }.map(\.externalID)
                    let shown = try await self.shown(corp, rejected, planned)
                    let usual = plain.next(day: Double(step))
                    try await plain.play { try shown.append(usual, to: &$0) }
                    let plan = try await planned.plan(shown, day: Double(step) - 0.1)
                    let run = try await planned.carryOut(plan, shown, day: Double(step))
                    try await planned.expect(run, didWhat: plan, "seed \(seed), step \(step)")
                    let ends = (try await plain.end(of: usual), try await planned.end(of: run))
                    #expect(ends.0?.outcome == ends.1?.outcome, "seed \(seed), step \(step)")
                    #expect(ends.0?.counts == ends.1?.counts, "seed \(seed), step \(step)")
                    let rows = (try await self.rows(plain), try await self.rows(planned))
                    try #require(rows.0 == rows.1, "seed \(seed), step \(step)")
                }
            }
        }
    }

    private func shown(_ corp: RandomCorp, _ rejected: [String], _ story: Story) async throws -> Shown {
        let (names, units) = (Set(corp.users.map(\.externalID)), Set(corp.units.map(\.externalID)))
        let people = try await story.world.users(of: story.source).filter {
            !$0.value.isRemoved && !names.contains($0.key)
        }
        let departments = try await story.world.departments(of: story.source).filter { !units.contains($0) }
        return Shown(
            departments: corp.units,
            users: corp.users.filter { !rejected.contains($0.externalID) },
            rejected: rejected,
            gone: people.keys.sorted().map { .user($0) } + departments.map { .department($0) },
            pageSize: 4
        )
    }

    /// All that stands in the directory, but for whose it is, by which run, and when somebody was removed.
    private func rows(_ story: Story) async throws -> [String] {
        try await story.world.strings(
            """
            select 'user ' || directory_key || (
                to_jsonb(u) - '{idp_id,tenant_id,id,removed_at,removed_epoch,created_at,updated_at}'::text[]
            )::text || (removed_at is null) from directory.users u
            union all
            select 'department ' || external_id || (
                to_jsonb(d) - '{idp_id,tenant_id,removed_at,removed_epoch,created_at,updated_at}'::text[]
            )::text || (removed_at is null) from directory.departments d
            union all select (to_jsonb(m) - 'idp_id')::text from directory.memberships m
            union all select 'missing ' || object || state || (entry -> 'hold')::text from directory.missing
            union all select 'loss ' || object from directory.losses
            union all select 'object ' || object || change || coalesce(reason, '-') || coalesce(hold, '-')
            from directory.run_objects
            order by 1
            """
        )
    }
}
