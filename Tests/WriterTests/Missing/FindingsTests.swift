import Messages
import Testing

@testable import Writer

/// What WeCom says of those whom a run missed gets into the directory (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct FindingsTests {
    static let elsewhere = ContentDigest(of: "another range")

    enum Word: CaseIterable {
        case noWitnesses, oneAbsent, oneUnknown, bothRefused, otherRange, unreadRange, unanswered

        func answer(_ log: inout RunLog, _ run: RunLog.Run) throws {
            let gone = users([5])
            switch self {
            case .noWitnesses: try log.answer(run, absent: gone, witnesses: [])
            case .oneAbsent: try log.answer(run, absent: gone, witnesses: [.present, .absent])
            case .oneUnknown: try log.answer(run, absent: gone, witnesses: [.unknown, .present])
            case .bothRefused: try log.answer(run, absent: gone, witnesses: [.refused, .refused])
            case .otherRange: try log.answer(run, absent: gone, range: elsewhere)
            case .unreadRange: try log.answer(run, absent: gone, range: nil)
            case .unanswered: try log.answer(run, unknown: gone)
            }
        }
    }

    @Test("nobody is removed on a word that cannot be relied on, and the next run asks again", arguments: Word.allCases)
    func word(word: Word) async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let doubtful = try #require(try await story.run(people(0..<5)) { try word.answer(&$0, $1) })
            #expect(doubtful.outcome == .partial)
            #expect(doubtful.counts.users == RunCounts.Objects(seen: 5, unchanged: 5, unknown: 1))
            #expect(try await story.present().count == 6)
            #expect(try await story.missing()["u05"]?.state == .open)
            let honest = try #require(try await story.run(people(0..<5), gone: users([5])))
            #expect(honest.outcome == .succeeded)
            #expect(honest.counts.users == RunCounts.Objects(seen: 5, unchanged: 5, removed: 1))
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("WeCom is asked for those who are missing, by its own spelling, together with two whom its lists showed")
    func asks() async throws {
        try await Story.with { story in
            try await story.run([person("Ann"), person("bob"), person("cid", status: .disabled), person("Dot")])
            #expect(try await story.run([person("bob"), person("cid", status: .disabled), person("Dot")]) == nil)
            let asked = try #require(try await story.asked().first)
            #expect(asked.objects == [.user("Ann")])
            #expect(asked.witnesses.sorted() == [.user("Dot"), .user("bob")])
            #expect((asked.batch, asked.batches) == (1, 1))
        }
    }

    @Test("where only departments are missing, two that the list showed are the witnesses; people where it showed none")
    func departmentsOnly() async throws {
        try await Story.with { story in
            try await story.run(people(0..<3), departments: [1, 2, 3])
            try await story.run(people(0..<3), departments: [1, 2], gone: [.department(3)])
            #expect(try await story.asked().last?.witnesses == [.department(1), .department(2)])
            #expect(try await story.world.departments(of: story.source) == [1, 2])
            #expect(try await story.run(people(0..<3), departments: []) == nil)
            #expect(try await story.asked().last?.witnesses.map(\.kind) == [.user, .user])
        }
    }

    @Test("a directory without people loses the departments that WeCom says are gone")
    func withoutPeople() async throws {
        try await Story.with { story in
            let first = story.next(.departments)
            try await story.play { try $0.append(first, departments: [1, 2, 3].map { department($0) }, users: []) }
            let second = story.next(.departments)
            try await story.play { log in
                try log.append(second, departments: [1, 2].map { department($0) }, users: [])
            }
            let asked = try #require(try await story.asked().last)
            #expect(asked.witnesses == [.department(1), .department(2)])
            try await story.play { log in
                try log.append(
                    FindingsMapped(
                        batch: 1,
                        batches: 1,
                        findings: [Finding(.department(3), .absent, code: 60_123)],
                        witnesses: asked.witnesses.map { Finding($0, .present) },
                        visibleRangeHash: .zero
                    ),
                    of: second
                )
            }
            #expect(try await story.end(of: second)?.outcome == .succeeded)
            #expect(try await story.world.departments(of: story.source) == [1, 2])
        }
    }

    @Test("who moved to a department that was made while the run read has not left the scope")
    func movedToNewDepartment() async throws {
        try await Story.with(scope: .departments([1])) { story in
            try await story.run(people(0..<6), departments: [1, 2])
            for (day, inScope) in [(1, nil), (2, true)] as [(Double, Bool?)] {
                let finished = try await story.run(people(0..<5), departments: [1, 2], day: day) {
                    try $0.answer($1, present: people([5], in: [20]), inScope: inScope)
                }
                #expect(finished?.outcome == (inScope == nil ? .partial : .succeeded))
                #expect(try await story.present().count == 6)
            }
            #expect(try await story.world.memberships(of: story.source).last == "u05 20")
        }
    }

    // MARK: - Reasons

    enum Leaving: CaseIterable {
        case company, range, department, scope
    }

    /// Has `u05`, of department 2, leave.
    func leave(_ leaving: Leaving, _ story: inout Story) async throws -> RunFinished {
        let rest = people(0..<5)
        let finished =
            switch leaving {
            case .company: try await story.run(rest, departments: [1, 2], gone: users([5]))
            case .range:
                try await story.run(
                    rest,
                    departments: [1, 2],
                    range: Self.elsewhere,
                    gone: users([5])
                )
            case .department: try await story.run(rest, gone: [.department(2)] + users([5]))
            case .scope:
                try await story.run(rest, departments: [1, 2]) {
                    try $0.answer($1, present: people([5], in: [9]), inScope: false)
                }
            }
        return try #require(finished)
    }

    @Test(
        "why somebody left is kept, and by default only who left the company is deleted in the end",
        arguments: Leaving.allCases
    )
    func reasons(leaving: Leaving) async throws {
        try await Story.with(scope: .departments([1, 2])) { story in
            try await story.run(people(0..<5) + people([5], in: [2]), departments: [1, 2])
            let finished = try await leave(leaving, &story)
            #expect(finished.outcome == .succeeded, "\(finished.reasons)")
            let reason =
                switch leaving {
                case .company: "leftCompany"
                case .range, .department: "leftVisibleRange kept"
                case .scope: "leftScope kept"
                }
            #expect(try await story.removals() == ["u05 \(reason)"])
            try await story.world.age(days: 400)
            try await story.world.sweep()
            #expect(try await story.removals().isEmpty == (leaving == .company))
        }
    }

    @Test("a policy that deletes after grace does so for each reason", arguments: Leaving.allCases)
    func deleting(leaving: Leaving) async throws {
        let policies = LossPolicies(leftVisibleRange: .deleteAfterGrace, leftScope: .deleteAfterGrace)
        try await Story.with(limits: SafetyLimits(policies: policies), scope: .departments([1, 2])) { story in
            try await story.run(people(0..<5) + people([5], in: [2]), departments: [1, 2])
            _ = try await leave(leaving, &story)
            #expect(try await story.present().count == 5)
            try await story.world.age(days: 31)
            try await story.world.sweep()
            #expect(try await story.world.users(of: story.source).count == 5)
        }
    }

    @Test(
        "a policy that keeps leaves people as they are, and asks again only once range or scope change",
        arguments: Leaving.allCases
    )
    func keeping(leaving: Leaving) async throws {
        let policies = LossPolicies(leftCompany: .keep, leftVisibleRange: .keep, leftScope: .keep)
        try await Story.with(limits: SafetyLimits(policies: policies), scope: .departments([1, 2])) { story in
            try await story.run(people(0..<5) + people([5], in: [2]), departments: [1, 2])
            let finished = try await leave(leaving, &story)
            #expect(finished.outcome == .succeeded, "\(finished.reasons)")
            #expect(finished.counts.users.held == 1)
            #expect(try await story.missing()["u05"]?.hold == .policy)
            let range = leaving == .range ? Self.elsewhere : .zero
            let departments: [Int64] = leaving == .department ? [1] : [1, 2]
            let again = try await story.run(people(0..<5), departments: departments, range: range)
            #expect(again?.outcome == .succeeded)
            #expect(again?.counts.users == RunCounts.Objects(seen: 5, unchanged: 5, held: 1))
            let changed = ContentDigest(of: "a third range")
            #expect(try await story.run(people(0..<5), departments: departments, range: changed) == nil)
            #expect(try await story.present().contains("u05"))
        }
    }

    @Test("who stays by a policy goes once it is another one, though range and scope are the same")
    func otherPolicy() async throws {
        try await Story.with(limits: SafetyLimits(policies: LossPolicies(leftCompany: .keep))) { story in
            try await story.run(people(0..<6))
            try await story.run(people(0..<5), gone: users([5]))
            #expect(try await story.missing()["u05"]?.hold == .policy)
            let finished = try await story.run(people(0..<5), limits: SafetyLimits(), gone: users([5]))
            #expect(finished?.outcome == .succeeded)
            #expect(try await story.removals() == ["u05 leftCompany"])
        }
    }

    // MARK: - Who is there

    @Test("who has moved while the run read stays the same person, with what WeCom says now")
    func moved() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6), departments: [1, 2])
            let finished = try await story.run(people(0..<5), departments: [1, 2]) {
                try $0.answer($1, present: [person("u05", name: "New", departments: [2])])
            }
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 5, unchanged: 5, present: 1))
            let moved = try #require(try await story.world.users(of: story.source)["u05"])
            #expect(moved == WriterWorld.StoredUser(id: story.source.user("u05"), name: "New"))
            #expect(try await story.world.memberships(of: story.source).last == "u05 2")
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("who is there and has not moved shows that the list fell short: they stay, and the run is partial")
    func notListed() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let finished = try await story.run(people(0..<5)) { try $0.answer($1, present: people([5])) }
            #expect(finished?.outcome == .partial)
            #expect(finished?.reasons == ["WeCom's lists did not show 1 who are there: nobody was removed for that."])
            #expect(try await story.present().count == 6)
        }
    }

    @Test("a department that WeCom shows below the scope's was not listed; one that it shows elsewhere left the scope")
    func scopeOfDepartments() async throws {
        try await Story.with(scope: .departments([1])) { story in
            let tree = [department(1), department(2, parent: 1), department(3, parent: 2), department(4, parent: 1)]
            let first = story.next()
            try await story.play { try $0.append(first, departments: tree, users: people(0..<3)) }
            let second = story.next()
            try await story.play { log in
                try log.append(second, departments: [tree[0], tree[3]], users: people(0..<3))
                let shown = [department(2, parent: 9), department(3, parent: 2)]
                try log.answer(second, presentDepartments: shown, inScope: false)
            }
            #expect(try await story.world.departments(of: story.source) == [1, 4])
            let third = story.next()
            try await story.play { log in
                try log.append(third, departments: [tree[0]], users: people(0..<3))
                try log.answer(third, presentDepartments: [tree[3]], inScope: true)
            }
            #expect(try await story.end(of: third)?.outcome == .partial)
            #expect(try await story.world.departments(of: story.source) == [1, 4])
        }
    }

    @Test("who moved to a department of the scope that was not read has not left it")
    func movedToUnread() async throws {
        try await Story.with(scope: .departments([1, 2, 3])) { story in
            try await story.run(people(0..<6), departments: [1, 2, 3])
            let finished = try await story.run(
                people(0..<5),
                departments: [1, 2, 3],
                unread: [3],
                answering: { try $0.answer($1, present: people([5], in: [3]), inScope: true) }
            )
            #expect(finished?.counts.users.present == 1)
            #expect(try await story.present().count == 6)
        }
    }

    // MARK: - Who stays unknown

    @Test("of whom nothing is learnt by three whole runs over seven days somebody has to decide")
    func unanswered() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6), day: 0)
            for day in [1.0, 2, 3, 4] {
                let finished = try await story.run(people(0..<5), day: day) { try $0.answer($1, unknown: users([5])) }
                #expect(finished?.outcome == .partial)
                #expect(finished?.counts.users.unknown == 1)
            }
            let finished = try await story.run(people(0..<5), day: 8) { try $0.answer($1, unknown: users([5])) }
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users.held == 1)
            let missing = try #require(try await story.missing()["u05"])
            #expect(missing.hold == .unanswered)
            #expect(missing.code == -1)
            #expect(try await story.present().count == 6)
        }
    }

    @Test("who is seen again is missing no longer, and their days of not being known do not count")
    func seenAgain() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6), day: 0)
            try await story.run(people(0..<5), day: 1) { try $0.answer($1, unknown: users([5])) }
            try await story.run(people(0..<6), day: 2)
            #expect(try await story.missing().isEmpty)
            try await story.run(people(0..<5), day: 9) { try $0.answer($1, unknown: users([5])) }
            #expect(try await story.missing()["u05"]?.unknownRuns == 1)
        }
    }

    // MARK: - Where the app may not ask

    @Test("of whom the app may not ask is removed once a second whole run, a minute later, misses them, too")
    func refused() async throws {
        try await Story.with { story in
            let second = 1.0 / 86_400
            func refuse(_ log: inout RunLog, _ run: RunLog.Run) throws {
                try log.answer(run, refused: users([5]), witnesses: [.refused, .refused])
            }
            try await story.run(people(0..<6), day: 0)
            for day in [1, 1 + 30 * second] {
                let finished = try await story.run(people(0..<5), day: day, answering: refuse)
                #expect(finished?.outcome == .partial)
                #expect(finished?.cause == .confirmationNeeded)
                #expect(try await story.present().count == 6)
            }
            let finished = try await story.run(people(0..<5), day: 1 + 60 * second, answering: refuse)
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.cause == nil)
            #expect(try await story.removals() == ["u05 leftCompany"])
        }
    }

    @Test("a run that fell short confirms nothing, be it the first or the second", arguments: [1, 2])
    func refusedPartly(short: Int) async throws {
        try await Story.with { story in
            try await story.run(people(0..<6), departments: [1, 2], day: 0)
            for number in [1, 2] {
                let finished = try await story.run(
                    people(0..<5),
                    departments: [1, 2],
                    day: Double(number),
                    unread: number == short ? [2] : [],
                    answering: { try $0.answer($1, refused: users([5]), witnesses: [.refused, .refused]) }
                )
                #expect(finished?.cause == .confirmationNeeded)
            }
            #expect(try await story.present().count == 6)
        }
    }

    // MARK: - Samples

    @Test("of more than may lose access twenty are asked for; if all are gone, somebody decides about all")
    func sampleGone() async throws {
        try await Story.with { story in
            try await story.run(people(0..<100))
            #expect(try await story.run(people(0..<70)) == nil)
            let objects = try #require(try await story.asked().first?.objects)
            #expect(objects.count == 20)
            let run = RunLog.Run(source: story.source, id: try await story.lastRun(), epoch: 2)
            try await story.play { try $0.answer(run, absent: objects) }
            let finished = try #require(try await story.end(of: run))
            #expect(finished.outcome == .held)
            #expect(finished.counts.users == RunCounts.Objects(seen: 70, unchanged: 70, held: 30))
            #expect(try await story.present().count == 100)
            #expect(try await story.missing().values.allSatisfy { $0.state == .held && $0.hold == .overLimit })
        }
    }

    @Test("one of the twenty who is there and has not moved shows that the list is at fault: nothing is held")
    func sampleAtFault() async throws {
        try await Story.with { story in
            try await story.run(people(0..<100))
            let finished = try #require(
                try await story.run(people(0..<70)) {
                    try $0.answer($1, absent: users(70..<89), present: people([89]))
                }
            )
            #expect(finished.outcome == .partial)
            #expect(finished.counts.users == RunCounts.Objects(seen: 70, unchanged: 70, present: 1, unknown: 29))
            #expect(try await story.present().count == 100)
            #expect(try await story.missing().values.allSatisfy { $0.state == .open })
        }
    }

    @Test("if nothing is learnt of a sample by three whole runs over seven days, somebody has to decide about all")
    func sampleUnanswered() async throws {
        try await Story.with { story in
            try await story.run(people(0..<100), day: 0)
            for day in [1.0, 2, 3] {
                let finished = try await story.run(people(0..<70), day: day) {
                    try $0.answer($1, unknown: users(70..<90))
                }
                #expect(finished?.counts.users.unknown == 30)
            }
            let finished = try await story.run(people(0..<70), day: 8) { try $0.answer($1, unknown: users(70..<90)) }
            #expect(finished?.outcome == .held)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 70, unchanged: 70, held: 30))
            #expect(try await story.missing().values.allSatisfy { $0.hold == .unanswered })
        }
    }

    @Test("a sample decides about its own kind: departments that the list did not show free no people from being held")
    func sampleOfAKind() async throws {
        try await Story.with { story in
            try await story.run(people(0..<100), departments: [1, 2])
            let finished = try #require(
                try await story.run(people(0..<70)) {
                    try $0.answer($1, absent: users(70..<90), presentDepartments: [department(2)])
                }
            )
            #expect(finished.outcome == .held)
            #expect(finished.counts.users.held == 30)
            #expect(finished.counts.departments.present == 1)
        }
    }

    @Test("of a sample of whom nothing is learnt nobody is held, and nobody removed")
    func sampleUnknown() async throws {
        try await Story.with { story in
            try await story.run(people(0..<100))
            let finished = try await story.run(people(0..<70)) { try $0.answer($1, unknown: users(70..<90)) }
            #expect(finished?.outcome == .partial)
            #expect(finished?.counts.users.unknown == 30)
            #expect(try await story.present().count == 100)
        }
    }
}
