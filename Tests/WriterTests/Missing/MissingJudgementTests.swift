import Messages
import Testing

@testable import Writer

/// What is done about whom a run missed, before anybody is asked (architecture.md §3.5, §3.6).
@Suite(.timeLimit(.minutes(5)))
struct MissingJudgementTests {
    static let here = Surroundings(range: ContentDigest(of: "range"), scope: ContentDigest(of: "scope"))
    static let elsewhere = Surroundings(range: ContentDigest(of: "other"), scope: ContentDigest(of: "scope"))

    static func moment(_ epoch: Int64, day: Double = 0) -> MissingObject.Moment {
        let time = Timestamp(millisecondsSince1970: 1_700_000_000_000 + Int64(day * 86_400_000))
        return MissingObject.Moment(epoch: Epoch(rawValue: epoch), time: time)
    }

    /// What a whole run says of itself that read departments 1 and 2.
    func facts(
        _ surroundings: Surroundings = here,
        _ kind: RunSync.Kind = .full,
        policies: LossPolicies = LossPolicies(),
        day: Double = 0,
        isWhole: Bool = true,
        isRangeWhole: Bool = true,
        unread: Set<Int64> = [],
        haveIDsChanged: Bool = false,
        allowance: Allowance = Allowance(users: 100, departments: 100),
        protected: Set<String> = []
    ) -> ReadingFacts {
        ReadingFacts(
            run: Self.moment(9, day: day),
            kind: kind,
            isWhole: isWhole,
            isRangeWhole: isRangeWhole,
            terms: RunTerms(safetyLimits: SafetyLimits(policies: policies)),
            surroundings: surroundings,
            before: Self.here,
            partBefore: nil,
            readDepartments: Set([1, 2]).subtracting(unread),
            unreadDepartments: unread,
            haveIDsChanged: haveIDsChanged,
            allowance: allowance,
            protected: protected
        )
    }

    func missed(_ name: String, in departments: [Int64] = [1], known: MissingObject? = nil) -> Missed {
        Missed(kind: .user, key: name, externalID: name, departments: departments, known: known)
    }

    func known(_ name: String, _ state: MissingObject.State, _ hold: MissingObject.Hold? = nil) -> MissingObject {
        var object = MissingObject(kind: .user, key: name, externalID: name, since: Self.moment(3))
        (object.state, object.hold) = (state, hold)
        if state == .kept { object.keptIn = Self.here }
        if state == .held { object.heldSince = Self.moment(4) }
        return object
    }

    @Test("who is missing for the first time is asked for, and remembered with how it was when they were last seen")
    func first() {
        let judgement = MissingJudgement([missed("ann")], by: facts())
        #expect(judgement.asked.map(\.key) == ["ann"])
        #expect(judgement.objects[0].since == Self.moment(9))
        #expect(judgement.objects[0].missedWhole == Self.moment(9))
        #expect(judgement.objects[0].lastSeen == Self.here)
        #expect(judgement.objects[0].isOfReadDepartment)
        #expect(judgement.sampled.isEmpty)
    }

    @Test("a run that fell short is no whole one that missed somebody")
    func short() {
        let judgement = MissingJudgement([missed("ann")], by: facts(isWhole: false))
        #expect(judgement.asked.map(\.key) == ["ann"])
        #expect(judgement.objects[0].missedWhole == nil)
    }

    @Test(
        "only a run that reads everything of a kind is a whole one that missed somebody, or a department",
        arguments: [
            (.full, true, true), (.repair, true, true), (.departments, false, true), (.objects, false, false),
        ] as [(RunSync.Kind, Bool, Bool)]
    )
    func missedWhole(kind: RunSync.Kind, person: Bool, department: Bool) {
        let all = [missed("ann"), Missed(kind: .department, key: "2", externalID: "2")]
        let objects = MissingJudgement(all, by: facts(Self.here, kind)).objects
        #expect(objects.first { $0.kind == .user }?.missedWhole == (person ? Self.moment(9) : nil))
        #expect(objects.first { $0.kind == .department }?.missedWhole == (department ? Self.moment(9) : nil))
    }

    @Test("who was in a department that was not read stays unasked, be they in others, too")
    func unread() {
        let judgement = MissingJudgement(
            [missed("ann", in: [1, 2]), missed("bob", in: [2]), missed("cid", in: [1]), missed("dot", in: [])],
            by: facts(unread: [2])
        )
        #expect(judgement.asked.map(\.key) == ["cid", "dot"])
        #expect(judgement.unasked == [.user: 2])
        #expect(judgement.objects.filter { $0.state == .open }.map(\.key) == ["ann", "bob"])
        #expect(judgement.untold == 0)
    }

    @Test("whom WeCom did not show alone, without an event that told of it, stays unasked")
    func untold() {
        var ann = missed("ann")
        ann.isUntold = true
        let judgement = MissingJudgement([ann], by: facts())
        #expect(judgement.asked.isEmpty)
        #expect(judgement.untold == 1)
        #expect(judgement.unasked == [.user: 1])
    }

    @Test("who is kept is not asked for again while range and scope are the same, and is when they change")
    func kept() {
        let kept = [
            missed("ann", known: known("ann", .kept, .policy)), missed("bob", known: known("bob", .kept, .rejected)),
        ]
        let same = MissingJudgement(kept, by: facts())
        #expect(same.asked.isEmpty)
        #expect(same.staying(.user) == 2)
        let changed = MissingJudgement(kept, by: facts(Self.elsewhere))
        #expect(changed.asked.map(\.key) == ["ann", "bob"])
        #expect(changed.objects.allSatisfy { $0.hold == nil && $0.keptIn == nil && $0.since == Self.moment(3) })
    }

    @Test(
        "a run that could not read a tag leaves whoever is kept as they are: its range only looks like another one",
        arguments: [MissingObject.Hold.policy, .rejected]
    )
    func keptWithoutTag(hold: MissingObject.Hold) {
        let ann = missed("ann", known: known("ann", .kept, hold))
        let judgement = MissingJudgement([ann], by: facts(Self.elsewhere, isRangeWhole: false))
        #expect(judgement.objects == [known("ann", .kept, hold)].map(asMissed))
        #expect(MissingJudgement([ann], by: facts(Self.elsewhere)).asked.map(\.key) == ["ann"])
    }

    /// As it is once a whole run has missed it again.
    func asMissed(_ object: MissingObject) -> MissingObject {
        var object = object
        (object.missedWhole, object.isOfReadDepartment) = (Self.moment(9), true)
        return object
    }

    @Test("who stays by a policy is asked for once it is another one, and nobody else is", arguments: [true, false])
    func otherPolicy(isRangeWhole: Bool) {
        var (ann, bob) = (known("ann", .kept, .policy), known("bob", .kept, .rejected))
        (ann.reason, bob.reason) = (.leftScope, .leftScope)
        let kept = [missed("ann", known: ann), missed("bob", known: bob)]
        let before = LossPolicies(leftScope: .keep)
        #expect(MissingJudgement(kept, by: facts(policies: before, isRangeWhole: isRangeWhole)).asked.isEmpty)
        let other = LossPolicies(leftCompany: .keep, leftVisibleRange: .keep)
        let judgement = MissingJudgement(kept, by: facts(policies: other, isRangeWhole: isRangeWhole))
        #expect(judgement.asked.map(\.key) == ["ann"])
        #expect(judgement.objects.map(\.hold) == [nil, .rejected])
    }

    @Test("what is held stays so for as many days as the terms say, and is looked at anew then", arguments: [13, 14])
    func held(day: Double) {
        let ann = missed("ann", known: known("ann", .held, .overLimit))
        let judgement = MissingJudgement([ann], by: facts(day: day))
        #expect(judgement.objects[0].state == (day < 14 ? .held : .asked))
        #expect(judgement.objects[0].heldSince == (day < 14 ? Self.moment(4) : nil))
    }

    @Test(
        "who was asked for by a run that never ended is asked for again",
        arguments: [MissingObject.State.asked, .waiting]
    )
    func again(state: MissingObject.State) {
        let judgement = MissingJudgement([missed("ann", known: known("ann", state))], by: facts())
        #expect(judgement.asked.map(\.since) == [Self.moment(3)])
    }

    @Test("who was withheld and is missing now is missing since now, whatever was decided")
    func withheld() {
        var before = known("ann", .kept, .rejected)
        before.reason = .disabledInWeCom
        let judgement = MissingJudgement([missed("ann", known: before)], by: facts())
        #expect(judgement.asked.map(\.since) == [Self.moment(9)])
        #expect(judgement.objects[0].reason == nil)
    }

    @Test("nobody is asked for by an id of another kind: they are held")
    func changedIDs() {
        let department = Missed(kind: .department, key: "2", externalID: "2")
        let judgement = MissingJudgement([missed("ann"), department], by: facts(haveIDsChanged: true))
        #expect(judgement.objects.map(\.state) == [.asked, .held])
        #expect(judgement.objects.last?.hold == .idsChanged)
    }

    @Test("of more than may lose access twenty are asked for, and the others wait", arguments: [29, 30])
    func sample(allowed: Int) {
        let all = (0..<30).map { missed("u\($0)") }
        let judgement = MissingJudgement(all, by: facts(allowance: Allowance(users: allowed, departments: 0)))
        #expect(judgement.asked.count == (allowed < 30 ? 20 : 30))
        #expect(judgement.objects.count { $0.state == .waiting } == (allowed < 30 ? 10 : 0))
        #expect(judgement.sampled == (allowed < 30 ? [.user] : []))
    }

    @Test("who may have another user id counts with those who are gone, until it is known", arguments: [4, 5])
    func renamedCount(allowed: Int) {
        let renamed = (0..<3).map { number in
            var one = missed("r\(number)")
            one.renamedTo = "new\(number)"
            return one
        }
        let judgement = MissingJudgement(
            renamed + [missed("ann"), missed("bob")],
            by: facts(allowance: Allowance(users: allowed, departments: 0))
        )
        #expect(judgement.asked.count == 5)
        #expect(judgement.sampled == (allowed < 5 ? [.user] : []))
    }

    @Test("departments and people are sampled apart")
    func sampledApart() {
        let departments = (1...4).map { Missed(kind: .department, key: "\($0)", externalID: "\($0)") }
        let judgement = MissingJudgement(
            departments + [missed("ann")],
            by: facts(allowance: Allowance(users: 1, departments: 3))
        )
        #expect(judgement.sampled == [.department])
        #expect(judgement.asked.count == 5)
    }

    @Test("those of whom nothing was learnt before are asked for first")
    func order() {
        var (bob, cid) = (known("bob", .open), known("cid", .open))
        (bob.unknownRuns, cid.unknownRuns) = (1, 2)
        let judgement = MissingJudgement(
            [missed("ann"), missed("bob", known: bob), missed("cid", known: cid)],
            by: facts()
        )
        #expect(judgement.asked.map(\.key) == ["cid", "bob", "ann"])
    }

    @Test("the protected are never asked for, and are again once they are protected no longer")
    func protected() {
        let ann = MissingJudgement([missed("ann")], by: facts(protected: ["ann"])).objects
        #expect(ann.map(\.state) == [.kept])
        #expect(ann.map(\.hold) == [.protected])
        #expect(MissingJudgement([missed("ann", known: ann[0])], by: facts()).asked.count == 1)
        #expect(MissingJudgement([missed("ann", known: ann[0])], by: facts(isRangeWhole: false)).asked.count == 1)
    }

    @Test("a protected person who may have another user id is asked for once, and stays though no policy says so")
    func protectedRenamed() {
        var kept = known("ann", .kept, .policy)
        (kept.reason, kept.renamedTo) = (.leftCompany, "anna")
        var ann = missed("ann", known: kept)
        ann.renamedTo = "anna"
        #expect(MissingJudgement([ann], by: facts(protected: ["ann"])).asked.isEmpty)
        #expect(MissingJudgement([ann], by: facts()).asked.map(\.key) == ["ann"])
    }

    @Test("all that was approved is asked for, without limit")
    func approved() {
        let judgement = MissingJudgement(approved: (0..<700).map { known("u\($0)", .held, .overLimit) })
        #expect(judgement.asked.count == 700)
        #expect(judgement.sampled.isEmpty)
    }
}
