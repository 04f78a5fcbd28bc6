import JSONCoding
import Mapping
import Messages
import Postgres
import SuiteTesting
import Testing

@testable import Writer

/// Rules, changes of rules and records at random, mapped and written as they are in service.
@Suite(.timeLimit(.minutes(10)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RandomMappingTests {
    @Test(
        "the directory is what the newest rules make of WeCom's last word, and what was to be kept",
        arguments: 0..<Proof.size(40, small: 2)
    )
    func runs(seed: Int) async throws {
        try await Story.with(limits: SafetyLimits(people: .none, departments: .none)) { story in
            var random = RandomRules(seed: UInt64(seed + 1))
            var model = ModelDirectory()
            var people = (0..<24).map { random.person("u\($0)") }
            var (rules, filter) = (random.rules(), ModelFilter?.none)
            for step in 0..<20 {
                if random.isOneOf(2) { rules = random.rules() }
                if random.isOneOf(3) { filter = random.filter() }
                people = people.map { random.isOneOf(3) ? random.changed($0) : $0 }
                if random.isOneOf(2) { people.append(random.person("n\(step)")) }
                let finished = try await run(people, rules, filter, in: &story)
                model.apply(people, rules, filter)
                #expect([.succeeded, .partial].contains(finished?.outcome), "\(finished?.reasons ?? [])")
                let lines = try await self.lines(story)
                try #require(lines == model.lines, "run \(step) of seed \(seed) by \(rules.map(\.rule))")
            }
            try await expectRebuilt(story)
        }
    }

    @Test("a rebuild after ten changes of rules ends the same, history included, and so does a reading from the start")
    func rebuiltAfterTenChanges() async throws {
        try await Story.with(limits: SafetyLimits(people: .none, departments: .none)) { story in
            var random = RandomRules(seed: 2_024)
            var people = (0..<12).map { random.person("u\($0)") }
            var terms = story.source.terms
            for step in 0...10 {
                people = people.map { random.isOneOf(3) ? random.changed($0) : $0 }
                if random.isOneOf(2) { people.append(random.person("n\(step)")) }
                let finished = try await run(people, random.rules(), random.filter(), under: terms, in: &story)
                try #require([.succeeded, .partial].contains(finished?.outcome), "\(finished?.reasons ?? [])")
                terms.mapping = terms.mapping.next
            }
            let rebuild = RebuildTests()
            let before = try await rebuild.dump(story.world)
            #expect(before.count { $0.hasPrefix("run_objects ") } > 20)
            try await story.world.assignedIntake().read(story.log, by: 7)
            #expect(try await rebuild.dump(story.world) == before)
            try await story.world.empty()
            #expect(try await rebuild.dump(story.world).isEmpty)
            try await story.world.assignedIntake().read(story.log)
            #expect(try await rebuild.dump(story.world) == before)
        }
    }

    /// A run that sees all of these; whom it misses are those whom the filter leaves out.
    private func run(
        _ people: [ModelPerson],
        _ rules: [ModelRule],
        _ filter: ModelFilter?,
        under terms: RunTerms? = nil,
        in story: inout Story
    ) async throws -> RunFinished? {
        let name = [
            MappingRule(target: "username", kind: .direct, source: "userid"),
            MappingRule(target: "displayName", kind: .direct, source: "name"),
        ]
        let mapping = CompiledMapping(
            name + rules.map(\.rule),
            filter: filter?.expression,
            extendedFields: RandomRules.extended
        )
        let list = "[\(people.map(\.json).joined(separator: ","))]"
        let page = UserPage(page: 2, users: RawJSON(bytes: Array(list.utf8)))
        let batch = try PageMapping.map(users: page.encode(), by: mapping)
        var next = story.next()
        next.terms = terms
        let run = next
        try await story.play { log in
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1, "All")]), of: run)
            try log.append(batch, of: run)
            try log.append(RunMapped(manifest: manifest([1], people.map(\.id))), of: run)
        }
        if let finished = try await story.end(of: run) { return finished }
        let asked = try #require(try await story.asked().last).objects
        try await story.play { try $0.answer(run, filtered: asked.map(\.externalID)) }
        return try await story.end(of: run)
    }

    /// The log alone brings the same people and the same history about.
    private func expectRebuilt(_ story: Story) async throws {
        let (lines, history) = (try await self.lines(story), try await story.world.rowTexts("run_objects"))
        try await story.world.empty()
        try await story.world.assignedIntake().read(story.log)
        #expect(try await self.lines(story) == lines)
        #expect(try await story.world.rowTexts("run_objects") == history && !history.isEmpty)
    }

    private func lines(_ story: Story) async throws -> [String] {
        try await story.world.strings(
            """
            select concat_ws('|', external_id, coalesce(title, ''), coalesce(alias, ''), coalesce(address, ''),
                coalesce(telephone, ''), coalesce(attributes ->> 'note', ''), coalesce(attributes ->> 'level', ''),
                coalesce(attributes ->> 'since', ''))
            from directory.users where idp_id = \(story.source.id.uuid) and removed_at is null order by 1
            """
        ).sorted()
    }
}
