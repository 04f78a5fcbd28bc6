import HTTPTypes
import Messages
import Pipeline
import Postgres
import Runtime
import Testing

@testable import Writer

/// A plan is carried out as it is, or not at all.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct PlanRefusalTests {
    private let before = Shown(users: people(0..<10))
    private let after = Shown(users: people(0..<9) + [person("new", name: "New")], gone: users([9]))

    private func with(_ body: @Sendable (inout Story, RunLog.Run) async throws -> Void) async throws {
        try await Story.with { story in
            let first = story.next()
            try await story.play { try before.append(first, to: &$0) }
            let plan = try await story.plan(after)
            try await body(&story, plan)
        }
    }

    /// Whether a run is refused and has left everything as it was.
    private func expectRefused(
        _ cause: RunEndCause,
        in story: inout Story,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ carryOut: (inout Story) async throws -> RunLog.Run
    ) async throws {
        let tables = ["users", "departments", "memberships", "missing", "losses", "run_objects", "pages", "copies"]
        let rows = try await story.world.rows(of: tables)
        let published = try await story.world.changes(of: story.source).count
        let run = try await carryOut(&story)
        let end = try await story.end(of: run)
        #expect(end?.outcome == .failed, sourceLocation: sourceLocation)
        #expect(end?.cause == cause, sourceLocation: sourceLocation)
        #expect(end?.counts == RunCounts(), sourceLocation: sourceLocation)
        #expect(end?.isBasis == false, sourceLocation: sourceLocation)
        #expect(end?.reasons.last == "Nothing was changed.", sourceLocation: sourceLocation)
        #expect(try await story.world.rows(of: tables) == rows, sourceLocation: sourceLocation)
        #expect(try await story.world.changes(of: story.source).count == published, sourceLocation: sourceLocation)
    }

    private func differences(_ run: RunLog.Run, _ story: Story) async throws -> [String] {
        try await story.told(run, "plan/differences", limit: 1).map { item in
            func change(_ name: String) -> String {
                guard case .object(let object)? = item[name] else { return "-" }
                return object["change"]?.word ?? "?"
            }
            return "\(item["externalID"]?.word ?? "") \(change("planned")) \(change("found"))"
        }
    }

    @Test("one change in WeCom in between: nothing is done, and what differs is named")
    func otherWord() async throws {
        try await with { story, plan in
            var other = after
            other.users[3] = person("u03", name: "Other")
            try await expectRefused(.planDiffers, in: &story) { story in
                let run = try await story.carryOut(plan, other)
                #expect(try await self.differences(run, story) == ["u03 - updated"])
                #expect(try await story.plan(of: run)["differences"] == .integer(1))
                #expect(try await story.plan(of: run)["planOf"] == .string(plan.id.description))
                return run
            }
        }
    }

    @Test("what is planned and is not to be done any more differs, and so does what becomes of the same person")
    func otherPeople() async throws {
        try await with { story, plan in
            var other = after
            other.users = people(0..<10) + [person("new", name: "Newer")]
            other.gone = []
            try await expectRefused(.planDiffers, in: &story) { story in
                let run = try await story.carryOut(plan, other)
                #expect(try await self.differences(run, story) == ["new created created", "u09 removed -"])
                return run
            }
        }
    }

    @Test("what the refused run would have done is a plan of its own, which can be carried out")
    func refusedPlan() async throws {
        try await with { story, plan in
            var other = after
            other.users[3] = person("u03", name: "Other")
            let refused = try await story.carryOut(plan, other)
            let run = try await story.carryOut(refused, other)
            #expect(try await story.end(of: run)?.outcome == .succeeded)
            try await story.expect(run, didWhat: refused)
        }
    }

    @Test("a run that came first and did the same leaves nothing to do, and that differs")
    func overtaken() async throws {
        try await with { story, plan in
            let other = story.next()
            try await story.play { try after.append(other, to: &$0) }
            try await expectRefused(.planDiffers, in: &story) { try await $0.carryOut(plan, Shown(users: after.users)) }
        }
    }

    @Test("a plan is carried out once")
    func twice() async throws {
        try await with { story, plan in
            _ = try await story.carryOut(plan, after)
            try await expectRefused(.planDiffers, in: &story) { try await $0.carryOut(plan, Shown(users: after.users)) }
        }
    }

    @Test("by another mapping nothing is carried out")
    func otherMapping() async throws {
        try await with { story, plan in
            var terms = story.source.terms
            terms.mapping = MappingNumber(rawValue: 2)
            try await expectRefused(.planDiffers, in: &story) { story in
                let run = try await story.carryOut(plan, after, terms: terms)
                #expect(try await story.end(of: run)?.reasons.first == "The mapping is another one than the plan's.")
                return run
            }
        }
    }

    @Test("a plan expires by when the runs were asked for")
    func expires() async throws {
        try await with { story, plan in
            let second = 1 / 86_400.0
            try await expectRefused(.planExpired, in: &story) {
                try await $0.carryOut(plan, after, day: 1 + 3 * second)
            }
            let run = try await story.carryOut(plan, after, day: 1 + 2 * second)
            #expect(try await story.end(of: run)?.outcome == .succeeded)
        }
    }

    @Test("a plan that is not kept any more is not carried out")
    func forgotten() async throws {
        try await with { story, plan in
            try await story.world.database.run("delete from directory.plans")
            try await expectRefused(.planExpired, in: &story) { try await $0.carryOut(plan, after) }
        }
    }

    @Test("limits hold, and hold what they hold, for plans too")
    func limits() async throws {
        try await Story.with { story in
            let (before, after) = (Shown(users: people(0..<40)), Shown(users: people(0..<30), gone: users(30..<40)))
            let first = story.next()
            try await story.play { try before.append(first, to: &$0) }
            let plan = try await story.plan(after)
            let run = try await story.carryOut(plan, after)
            #expect(try await story.end(of: run)?.outcome == .held)
            #expect(try await story.present().count == 40)
            try await story.expect(run, didWhat: plan)
        }
    }

    @Test("a run that is aborted leaves no plan, and does nothing")
    func aborted() async throws {
        try await with { story, plan in
            var run = story.next()
            run.plan = plan.epoch
            let carrying = run
            try await story.play { log in
                try log.start(carrying)
                try log.append(UserBatch(page: 1, users: [person("ann")]), of: carrying)
                try log.append(RunAborted(outcome: .cancelled, reason: "No."), of: carrying)
            }
            #expect(try await story.end(of: carrying)?.counts == RunCounts())
            #expect(try await story.present().count == 10)
            #expect(try await story.world.answer("runs/\(carrying.id)/plan", of: story.source).status == .notFound)
        }
    }

    @Test("a run that begins meanwhile ends one that waits for answers, and nothing of it is done")
    func givesWay() async throws {
        try await with { story, plan in
            var run = story.next()
            run.plan = plan.epoch
            let carrying = run
            var unanswered = after
            unanswered.gone = []
            try await story.play { try unanswered.append(carrying, to: &$0) }
            #expect(try await story.end(of: carrying) == nil)
            try await story.run(people(0..<10))
            #expect(try await story.present() == (0..<10).map { "u0\($0)" })
            #expect(try await story.world.strings("select part::text from directory.planned_parts") == [])
        }
    }

    @Test("another tenant's key sees neither plan nor differences")
    func otherTenant() async throws {
        try await with { story, plan in
            for path in ["plan", "plan/objects", "plan/differences"] {
                let key = WriterWorld.readers.other
                let answer = try await story.world.answer("runs/\(plan.id)/\(path)", of: story.source, key: key)
                #expect(answer.status == .notFound)
            }
        }
    }

    @Test("more than a plan may have is counted, and not planned")
    func tooLarge() async throws {
        try await Story.with(mostPlanned: 5) { story in
            let plan = try await story.plan(Shown(users: people(0..<8)))
            let end = try await story.end(of: plan)
            #expect(end?.counts.users == RunCounts.Objects(seen: 8, created: 8))
            #expect(end?.reasons.last?.hasPrefix("More than 5 objects") == true)
            #expect(try await story.plan(of: plan)["state"] == .string("tooLarge"))
            let shown = Shown(users: people(0..<8))
            try await expectRefused(.planExpired, in: &story) { story in
                let run = try await story.carryOut(plan, shown)
                let reason = try await story.end(of: run)?.reasons.first
                #expect(reason?.hasPrefix("The plan is too large to be carried out: more than 5 objects") == true)
                return run
            }
        }
    }

    @Test("that a plan cannot be carried out is told as the run begins; what it reads then is passed over")
    func atOnce() async throws {
        try await Story.with(mostPlanned: 5) { story in
            let plan = try await story.plan(Shown(users: people(0..<8)))
            var run = story.next()
            run.plan = plan.epoch
            let carrying = run
            try await story.play { try $0.start(carrying) }
            let end = try await story.end(of: carrying)
            #expect(end?.outcome == .failed && end?.cause == .planExpired)
            #expect(end?.reasons.count == 3 && end?.reasons.last == "Nothing was changed.")
            try await story.play { log in
                try log.append(UserBatch(page: 1, users: people(0..<8)), of: carrying)
                try log.append(RunMapped(manifest: manifest([], people(0..<8).map(\.externalID))), of: carrying)
            }
            #expect(try await story.end(of: carrying)?.reasons == end?.reasons)
            #expect(try await story.present() == [])
            #expect(try await story.world.strings("select part::text from directory.planned_parts") == [])
            try await story.run(people(0..<8))
            #expect(try await story.present().count == 8)
        }
    }

    @Test("more who are missing than a plan may have are counted, and not asked for")
    func tooManyMissing() async throws {
        try await Story.with(mostPlanned: 5) { story in
            try await story.run(people(0..<8))
            let plan = try await story.plan(Shown(users: people(0..<2)))
            let end = try await story.end(of: plan)
            #expect(end?.counts.users == RunCounts.Objects(seen: 2, unchanged: 2, known: 8, unknown: 6))
            #expect(end?.reasons.last?.hasPrefix("More than 5 objects") == true)
            #expect(try await story.plan(of: plan)["objects"] == .integer(6))
            #expect(try await story.asked().isEmpty)
        }
    }

    @Test("an undoing of more than a plan may have is counted, and not planned")
    func tooLargeUndoing() async throws {
        try await Story.with(mostPlanned: 5) { story in
            try await story.run(people(0..<8))
            var undoing = story.next(.undo)
            (undoing.isDryRun, undoing.selection) = (true, HeldSelection(upTo: Epoch(rawValue: 1)))
            let dry = undoing
            try await story.play { try $0.decide(dry) }
            let end = try await story.end(of: dry)
            #expect(end?.counts.users.removed == 8)
            #expect(end?.reasons.last?.hasPrefix("More than 5 objects") == true)
            #expect(try await story.plan(of: dry)["state"] == .string("tooLarge"))
            #expect(try await story.present().count == 8)
        }
    }

    @Test("what is more than a plan may have once all is answered is counted, and not planned")
    func tooLargeInTheEnd() async throws {
        try await Story.with(limits: SafetyLimits(people: .none, departments: .none), mostPlanned: 5) { story in
            try await story.run(people(0..<8), day: 0)
            let changed = (0..<4).map { person("u0\($0)", name: "Other") }
            let shown = Shown(users: changed, gone: users(4..<8))
            let plan = try await story.plan(shown, day: 1)
            let end = try await story.end(of: plan)
            #expect(end?.counts.users == RunCounts.Objects(seen: 4, updated: 4, known: 8, removed: 4))
            #expect(end?.reasons.last?.hasPrefix("More than 5 objects") == true)
            #expect(try await story.plan(of: plan)["state"] == .string("tooLarge"))
            // The department has a name now, too.
            #expect(try await story.plan(of: plan)["objects"] == .integer(9))
            #expect(try await story.present().count == 8)
        }
    }

    @Test("whom the directory cannot hold is rejected in the plan, and when it is carried out")
    func refusedPeople() async throws {
        try await WriterWorld.with { world in
            var bad = person("bad", name: "Bad")
            bad.attributes = ["k": "a\u{0}b"]
            let (source, shown) = (Source(), Shown(users: [person("ann"), bad, person("bob")]))
            var log = RunLog()
            try shown.append(RunLog.Run(source: source, isDryRun: true), to: &log)
            try shown.append(RunLog.Run(source: source, epoch: 2, plan: 1), to: &log)
            try await world.assignedIntake().work(log.records[...])
            #expect(try await world.present(of: source) == ["ann", "bob"])
            #expect(try await world.finished(source).map(\.counts.users.rejected) == [1, 1])
            #expect(try await world.finished(source).map(\.outcome) == [.partial, .partial])
        }
    }

    @Test("a directory that is made anew from a log without the plan takes what the run has read")
    func rebuilt() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            let run = RunLog.Run(source: source, epoch: 3, plan: 2)
            try Shown(users: people(0..<3)).append(run, to: &log)
            let intake = world.intake()
            let assigned = AssignedPartition(RunLog.partition, committed: log.end + 9, low: 0, high: log.end + 9)
            _ = try await intake.assigned([assigned])
            try await intake.read(log)
            #expect(try await world.present(of: source).count == 3)
        }
    }
}
