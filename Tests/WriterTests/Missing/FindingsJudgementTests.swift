import Messages
import Testing

@testable import Writer

/// What WeCom's word about one missing object comes to (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)))
struct FindingsJudgementTests {
    typealias Seen = MissingJudgementTests

    /// A full run, asked for on the ninth day, that read departments 1 and 2.
    func judgement(
        _ kind: RunSync.Kind = .full,
        scope: SynchronizationScope = .all,
        policies: LossPolicies = LossPolicies(),
        protected: [String] = [],
        isRangeWhole: Bool = true,
        isWhole: Bool = true
    ) -> FindingsJudgement {
        let limits = SafetyLimits(policies: policies, protectedUsers: protected)
        return FindingsJudgement(
            head: SourceSegment.RunHead(
                id: .make(),
                kind: kind,
                target: nil,
                selection: nil,
                isDryRun: false,
                terms: RunTerms(scope: scope, safetyLimits: limits),
                requestedAt: Seen.moment(9, day: 9).time
            ),
            asked: AskedRun(
                batches: 1,
                surroundings: Seen.here,
                isRangeWhole: isRangeWhole,
                readDepartments: kind == .apply ? [] : [1, 2],
                sampled: [],
                isApproval: kind == .apply,
                isWhole: isWhole,
                isBasis: true,
                reasons: [],
                held: 0
            ),
            epoch: Epoch(rawValue: 9)
        )
    }

    /// Somebody who was last seen in the same surroundings, in a department that was read.
    func object(
        _ change: (inout MissingObject) -> Void = { _ in }
    ) -> MissingObject {
        var object = MissingObject(kind: .user, key: "ann", externalID: "Ann", since: Seen.moment(9, day: 9))
        (object.lastSeen, object.isOfReadDepartment) = (Seen.here, true)
        change(&object)
        return object
    }

    func verdict(
        _ answer: Finding.Answer,
        _ worth: FindingsJudgement.Worth = .counts,
        of object: MissingObject? = nil,
        by judgement: FindingsJudgement? = nil,
        before: [Int64] = [1],
        now: [Int64]? = nil,
        isInScope: Bool? = nil,
        code: Int? = nil
    ) -> FindingVerdict {
        let object = object ?? self.object()
        let finding = Finding(object.object, answer, code: code, isInScope: isInScope)
        return (judgement ?? self.judgement()).verdict(finding, worth, of: object, before: before, now: now)
    }

    // MARK: - What the word is worth

    @Test(
        "WeCom's word counts only if it shows all the witnesses",
        arguments: [
            ([], .void), ([.present], .counts), ([.present, .present], .counts), ([.present, .absent], .void),
            ([.absent, .absent], .void), ([.present, .unknown], .void), ([.present, .refused], .void),
            ([.refused, .refused], .mayNotAsk), ([.refused, .absent], .void),
        ] as [([Finding.Answer], FindingsJudgement.Worth)]
    )
    func witnesses(answers: [Finding.Answer], worth: FindingsJudgement.Worth) {
        #expect(judgement().worth(of: findings(answers, Seen.here.range), about: .user) == worth)
    }

    @Test("of each kind its own witnesses tell; of departments people do where there are no others, never the reverse")
    func witnessesOfAKind() {
        var findings = findings([.present, .absent], Seen.here.range)
        #expect(judgement().worth(of: findings, about: .department) == .void)
        findings.witnesses.append(Finding(.department(1), .present))
        #expect(judgement().worth(of: findings, about: .department) == .counts)
        #expect(judgement().worth(of: findings, about: .user) == .void)
        findings.witnesses = [Finding(.department(1), .present), Finding(.department(2), .present)]
        #expect(judgement().worth(of: findings, about: .user) == .void)
        findings.witnesses = [Finding(.user("w"), .present)]
        #expect(judgement().worth(of: findings, about: .department) == .counts)
    }

    @Test("it counts only if the range is what it was, and could be read", arguments: [Seen.elsewhere.range, nil])
    func range(range: ContentDigest?) {
        #expect(judgement().worth(of: findings([.present, .present], range), about: .user) == .void)
        #expect(judgement().worth(of: findings([.refused, .refused], range), about: .user) == .void)
    }

    func findings(_ witnesses: [Finding.Answer], _ range: ContentDigest?) -> FindingsMapped {
        FindingsMapped(
            batch: 1,
            batches: 1,
            findings: [],
            witnesses: witnesses.map { Finding(.user("w"), $0) },
            visibleRangeHash: range
        )
    }

    @Test("of a word that does not count nothing is taken", arguments: Finding.Answer.allCases)
    func void(answer: Finding.Answer) {
        #expect(verdict(answer, .void) == .unknown)
    }

    @Test("where the app may not ask for anybody no answer but that counts, and where it may, that does not")
    func mixed() {
        for answer in [Finding.Answer.absent, .present, .unknown] {
            #expect(verdict(answer, .mayNotAsk) == .unknown)
        }
        #expect(verdict(.refused) == .unknown)
    }

    // MARK: - Gone, and why

    @Test("who is absent, and was in a department that was read whole, in the same range and scope, left the company")
    func leftCompany() {
        #expect(verdict(.absent) == .gone(.leftCompany, .deleteAfterGrace))
    }

    @Test("who is absent otherwise left the visible range", arguments: ["range", "scope", "never seen", "not read"])
    func leftVisibleRange(why: String) {
        let object = object { object in
            switch why {
            case "range": object.lastSeen = Seen.elsewhere
            case "scope": object.lastSeen = Surroundings(range: Seen.here.range, scope: .zero)
            case "never seen": object.lastSeen = nil
            default: object.isOfReadDepartment = false
            }
        }
        #expect(verdict(.absent, of: object) == .gone(.leftVisibleRange, .disable))
        // With a tag unread nobody leaves the range.
        #expect(verdict(.absent, of: object, by: judgement(isRangeWhole: false)) == .unknown)
    }

    @Test("an unread tag keeps nobody who left the company, nor of whom an event told")
    func unreadTag() {
        #expect(verdict(.absent, by: judgement(isRangeWhole: false)) == .gone(.leftCompany, .deleteAfterGrace))
        let told = object { ($0.isOfReadDepartment, $0.reason) = (false, .leftCompany) }
        #expect(
            verdict(.absent, of: told, by: judgement(isRangeWhole: false)) == .gone(.leftCompany, .deleteAfterGrace)
        )
    }

    @Test("as long as the same tags stay unread, who was seen by such a run and is absent in the next left the company")
    func sameTagsUnread() {
        let part = object { ($0.lastSeen, $0.lastSeenInPart) = (Seen.elsewhere, Seen.here) }
        let judgement = judgement(isRangeWhole: false)
        #expect(verdict(.absent, of: part, by: judgement) == .gone(.leftCompany, .deleteAfterGrace))
        #expect(verdict(.absent, of: object { $0.lastSeen = Seen.elsewhere }, by: judgement) == .unknown)
    }

    @Test("each reason does what its policy says", arguments: [LossPolicy.disable, .keep, .deleteAfterGrace])
    func policies(policy: LossPolicy) {
        let policies = LossPolicies(leftCompany: policy, leftVisibleRange: policy, leftScope: policy)
        let scope = SynchronizationScope.departments([1])
        let judgement = judgement(scope: scope, policies: policies)
        #expect(verdict(.absent, by: judgement) == .gone(.leftCompany, policy))
        let hidden = object { $0.isOfReadDepartment = false }
        #expect(verdict(.absent, of: hidden, by: judgement) == .gone(.leftVisibleRange, policy))
        #expect(verdict(.present, by: judgement, now: [9], isInScope: false) == .gone(.leftScope, policy))
    }

    @Test("the protected keep access, whatever WeCom says and however they are spelt")
    func protected() {
        #expect(verdict(.absent, by: judgement(protected: ["ANN"])) == .gone(.leftCompany, .keep))
        #expect(verdict(.absent, by: judgement(.apply, protected: ["ANN"])) == .gone(.leftCompany, .keep))
    }

    // MARK: - There

    @Test("who is still in a department that was read was not listed; who has moved there was, in between")
    func present() {
        #expect(verdict(.present, before: [1], now: [1]) == .present(isListed: false))
        #expect(verdict(.present, before: [1], now: [1, 9]) == .present(isListed: false))
        #expect(verdict(.present, before: [1], now: [2]) == .present(isListed: true))
        #expect(verdict(.present, before: [1], now: [9]) == .present(isListed: true))
        #expect(verdict(.present, before: [1], now: nil) == .present(isListed: false))
    }

    @Test("who is in no department of the scope left it; who is in one that was not read did not")
    func scope() {
        let judgement = judgement(scope: .departments([1]))
        #expect(verdict(.present, by: judgement, now: [9], isInScope: false) == .gone(.leftScope, .disable))
        #expect(verdict(.present, by: judgement, now: [], isInScope: false) == .gone(.leftScope, .disable))
        #expect(verdict(.present, by: judgement, now: [3], isInScope: true) == .present(isListed: true))
        #expect(verdict(.present, by: judgement, now: [2], isInScope: false) == .present(isListed: true))
    }

    @Test("whether an unread department lies in the scope only WeCom's word tells, be it unknown, or known before")
    func scopeUntold() {
        for kind in [RunSync.Kind.full, .apply] {
            let judgement = judgement(kind, scope: .departments([1]))
            #expect(verdict(.present, by: judgement, now: [9]) == .unknown)
            #expect(verdict(.present, of: department(9), by: judgement) == .unknown)
        }
        let sure = object { $0.missedWhole = Seen.moment(8, day: 8) }
        #expect(verdict(.present, of: sure, by: judgement(scope: .departments([1])), now: [9]) == .unknown)
    }

    @Test("where the app may not ask who is in the scope, an administrator's agreement tells, and nothing else")
    func scopeByAgreement() {
        let scope = SynchronizationScope.departments([1])
        let policies = LossPolicies(leftScope: .deleteAfterGrace)
        let approval = judgement(.apply, scope: scope, policies: policies)
        let held = object { $0 = $0.held(.unanswered, by: Seen.moment(8, day: 8)) }
        func verdict(of object: MissingObject, by judgement: FindingsJudgement, code: Int? = 48002) -> FindingVerdict {
            self.verdict(.present, of: object, by: judgement, now: [9], code: code)
        }
        #expect(verdict(of: held, by: approval) == .gone(.leftScope, .deleteAfterGrace))
        #expect(verdict(of: held, by: judgement(.apply, scope: scope, protected: ["ANN"])) == .gone(.leftScope, .keep))
        // WeCom may tell it another time, or somebody agreed to something else, or nobody to anything.
        #expect(verdict(of: held, by: approval, code: nil) == .unknown)
        #expect(verdict(of: object { $0 = $0.held(.overLimit, by: Seen.moment(8, day: 8)) }, by: approval) == .unknown)
        #expect(verdict(of: object(), by: approval) == .unknown)
        #expect(verdict(of: held, by: judgement(scope: scope)) == .unknown)
        #expect(self.verdict(.present, .void, of: held, by: approval, now: [9], code: 48002) == .unknown)
        #expect(self.verdict(.present, of: held, by: approval, now: [9], isInScope: true) == .present(isListed: true))
    }

    @Test("an approval finds out by itself who left the scope, a run of single people never does")
    func scopeByKind() {
        let scope = SynchronizationScope.departments([1])
        func verdict(_ kind: RunSync.Kind, isInScope: Bool) -> FindingVerdict {
            self.verdict(.present, by: judgement(kind, scope: scope), now: [9], isInScope: isInScope)
        }
        #expect(verdict(.apply, isInScope: false) == .gone(.leftScope, .disable))
        #expect(verdict(.apply, isInScope: true) == .present(isListed: true))
        #expect(verdict(.objects, isInScope: false) == .present(isListed: true))
    }

    // MARK: - Departments

    func department(_ id: Int64) -> MissingObject {
        MissingObject(kind: .department, key: "\(id)", externalID: "\(id)", since: Seen.moment(9, day: 9))
    }

    @Test("a department that is absent is gone; one that is there was not listed, unless only an unread tag shows it")
    func departments() {
        #expect(verdict(.absent, of: department(3)) == .gone(.leftCompany, .deleteAfterGrace))
        #expect(verdict(.present, of: department(3)) == .present(isListed: false))
        #expect(verdict(.present, of: department(3), by: judgement(isRangeWhole: false)) == .present(isListed: true))
        #expect(verdict(.unknown, of: department(3)) == .unknown)
    }

    @Test(
        "a department outside the scope left it, by runs that read the scope",
        arguments: [RunSync.Kind.full, .departments]
    )
    func departmentsOutside(kind: RunSync.Kind) {
        let judgement = judgement(kind, scope: .departments([1]))
        #expect(verdict(.present, of: department(7), by: judgement, isInScope: false) == .gone(.leftScope, .disable))
        #expect(verdict(.present, of: department(3), by: judgement, isInScope: true) == .present(isListed: false))
    }

    // MARK: - Where the app may not ask

    @Test("two whole runs a minute apart have to miss somebody of whom the app may not ask")
    func confirmation() {
        func verdict(missedWhole: MissingObject.Moment?, isWhole: Bool = true) -> FindingVerdict {
            let object = object { ($0.since, $0.missedWhole) = (Seen.moment(1), missedWhole) }
            return self.verdict(.refused, .mayNotAsk, of: object, by: judgement(isWhole: isWhole))
        }
        let minute = 1.0 / 1_440
        #expect(verdict(missedWhole: nil) == .unconfirmed)
        #expect(verdict(missedWhole: Seen.moment(9, day: 9)) == .unconfirmed)
        #expect(verdict(missedWhole: Seen.moment(8, day: 9 - minute / 2)) == .unconfirmed)
        #expect(verdict(missedWhole: Seen.moment(8, day: 9 - minute)) == .gone(.leftCompany, .deleteAfterGrace))
        #expect(verdict(missedWhole: Seen.moment(8, day: 8), isWhole: false) == .unconfirmed)
    }
}
