import Foundation
import Messages
import Postgres
import Testing

@testable import Writer

/// What the directory was at any time is told as a copy taken then has it.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct PastTests {
    private static let grace = 5
    /// `HISTORY_SEED`, where a failure or another history is to be seen.
    private static let seed = ProcessInfo.processInfo.environment["HISTORY_SEED"].flatMap { UInt64($0) }

    /// Runs of a random corp, with changes of hands, undoings, replacements and deletions after grace, and a copy of the
    /// directory after each.
    struct Life {
        var corp: RandomCorp
        var story: Story
        /// Days from the first run's time.
        var day: Double
        /// The time of each run.
        var times: [Timestamp] = []

        private mutating func next(_ kind: RunSync.Kind = .full) -> RunLog.Run {
            day += 1
            var run = story.next(kind, day: day)
            // It may be applied hours after it was asked for: what it does is told as of then all the same.
            run.sentAt = Timestamp(
                millisecondsSince1970: run.time.millisecondsSince1970 + Int64(corp.number(72_000_000))
            )
            return run
        }

        mutating func live() async throws {
            corp.change()
            try await read()
            switch corp.number(8) {
            case 0: try await story.handOver()
            case 1: try await undo()
            case 2: try await deleteGone()
            default: break
            }
            if !corp.replaced.isEmpty { try await agreeToReplacements() }
        }

        private mutating func read() async throws {
            let run = next()
            let (users, units) = (corp.users, corp.units)
            let present = Set(users.map { DirectoryObject.user($0.externalID) })
            let gone = try await known().filter { !present.contains($0) && !units.map(\.object).contains($0) }
            try await story.play { log in
                try log.append(run, departments: units, users: users)
                if !gone.isEmpty { try log.answer(run, absent: gone) }
            }
            try await copy(at: run)
        }

        private func known() async throws -> [DirectoryObject] {
            let users = try await story.world.users(of: story.source).filter { !$0.value.isRemoved }
            return users.keys.sorted().map { .user($0) }
                + (try await story.world.departments(of: story.source)).map { .department($0) }
        }

        private mutating func undo() async throws {
            var run = next(.undo)
            run.selection = HeldSelection(upTo: Epoch(rawValue: run.epoch - Int64(1 + corp.number(3))))
            let undoing = run
            try await story.play { try $0.decide(undoing) }
            try await copy(at: run)
        }

        private mutating func agreeToReplacements() async throws {
            var run = next(.apply)
            run.selection = HeldSelection(upTo: Epoch(rawValue: run.epoch - 1), reused: .anotherPerson)
            let (agreeing, others) = (run, corp.replaced)
            try await story.play { log in
                try log.decide(agreeing)
                try log.answer(agreeing, present: others)
            }
            try await copy(at: run)
        }

        /// Once everybody who is removed was so for long enough.
        private mutating func deleteGone() async throws {
            day += Double(PastTests.grace) + 1
            try await story.world.sweep()
        }

        private mutating func copy(at run: RunLog.Run) async throws {
            times.append(run.time)
            try await story.world.database.run(
                """
                insert into directory.taken
                select \(run.time.description)::timestamptz, 'user', u.directory_key, directory.image(u)
                from directory.users u
                union all
                select \(run.time.description)::timestamptz, 'department', d.external_id::text, directory.image(d)
                from directory.departments d
                """
            )
        }

        /// Runs that count more than is kept of what they did.
        func uncounted() async throws -> [String] {
            try await story.world.strings(
                """
                select format('%s %s: counts %s, kept %s', epoch, kind, counted, kept) from (
                    select r.epoch, r.kind, (
                        select sum(coalesce((o.value ->> 'created')::integer, 0) + coalesce((o.value ->> 'updated')::integer, 0)
                            + coalesce((o.value ->> 'removed')::integer, 0))
                        from jsonb_each(r.counts) o where o.key in ('users', 'departments')
                    ) as counted, (
                        select count(*) from (
                            select kind, object from directory.run_objects o
                            where o.idp_id = r.idp_id and o.epoch = r.epoch and (o.before is not null or o.change = 'created')
                            union
                            select 'user', directory_key from directory.users u
                            where u.idp_id = r.idp_id and u.created_at = r.requested_at
                            union
                            select 'department', external_id::text from directory.departments d
                            where d.idp_id = r.idp_id and d.created_at = r.requested_at
                        ) objects
                    ) + (
                        select count(*) from directory.deleted_objects g where g.idp_id = r.idp_id and g.epoch = r.epoch
                    ) as kept
                    from directory.runs r
                ) runs where counted > kept
                """
            )
        }

        /// What is told otherwise than the copy of the run has it; whose grace period was over may be gone already.
        func differences(at time: Timestamp, copy: Timestamp) async throws -> [String] {
            try await story.world.strings(
                """
                with objects as (
                    select kind, object from directory.taken union select kind, object from directory.deleted_objects
                    union select 'user', directory_key from directory.users
                ), told as (
                    select o.kind, o.object, t.image as copied,
                        directory.image_at(\(story.source.id.uuid)::uuid, o.kind, o.object, \(time.description)::timestamptz)
                            as told
                    from objects o left join directory.taken t
                        on t.kind = o.kind and t.object = o.object and t.at = \(copy.description)::timestamptz
                )
                select format('%s %s: copied %s, told %s', kind, object, copied, told) from told
                where jsonb_strip_nulls(told) is distinct from jsonb_strip_nulls(copied) and not (
                    told is null and (copied ->> 'removed_at')::timestamptz + make_interval(days => \(PastTests.grace)::integer)
                        <= \(time.description)::timestamptz
                )
                """
            )
        }
    }

    @Test("at 50 random times of a random history the directory is told as it was")
    func past() async throws {
        let seed = Self.seed ?? 404_689_975
        let limits = SafetyLimits(people: .none, departments: .none, graceDays: Self.grace)
        try await Story.with(limits: limits) { story in
            try await story.world.database.run(
                "create table directory.taken (at timestamptz, kind text, object text, image jsonb)"
            )
            let today = (Date.now.timeIntervalSince1970 - 1_700_000_000) / 86_400
            var life = Life(corp: RandomCorp(seed: seed), story: story, day: today - 170)
            for _ in 0..<60 { try await life.live() }
            story = life.story
            var random = RandomRecords(seed: seed + 1)
            for _ in 0..<50 {
                let copy = life.times[random.number(life.times.count)]
                let time = Timestamp(
                    millisecondsSince1970: copy.millisecondsSince1970 + Int64(random.number(80_000_000))
                )
                let differences = try await life.differences(at: time, copy: copy)
                try #require(differences.isEmpty, "seed \(seed) at \(time): \(differences.joined(separator: "\n"))")
            }
            try await tellOfRows(story)
            #expect(try await life.uncounted() == [])
        }
    }

    /// That the history had all there can be, and what it costs.
    private func tellOfRows(_ story: Story) async throws {
        let changes = try await story.world.strings(
            "select change || ' ' || count(*) from directory.run_objects group by change order by 1"
        )
        let bytes = try await story.world.strings(
            """
            select format('%s bytes of before and after per change, %s with its indexes',
                round(avg(pg_column_size(before) + pg_column_size(after))),
                (select sum(pg_total_relation_size(relid)) from pg_partition_tree('directory.run_objects')) / count(*))
            from directory.run_objects where before is not null
            """
        )
        print("history: \(changes.joined(separator: ", ")); \(bytes.joined())")
        for change in ["created", "updated", "disabled", "restored", "removed"] {
            #expect(changes.contains { $0.hasPrefix(change) }, "\(changes)")
        }
        let deleted = try await story.world.strings(
            "select case when epoch is null then 'after grace' else 'by a run' end from directory.deleted_objects"
        )
        #expect(Set(deleted) == ["after grace", "by a run"])
    }
}

extension DepartmentRecord {
    fileprivate var object: DirectoryObject { .department(externalID) }
}
