import Messages
import Testing

@testable import Writer

/// Where WeCom does not say whether somebody is there, and what says it instead.
extension FindingsJudgementTests {
    @Test("whom WeCom refuses for what they are is gone once somebody agreed who knew that WeCom does not say so")
    func refusedByAgreement() {
        let policies = LossPolicies(leftCompany: .disable)
        let approval = judgement(.apply, policies: policies)
        let held = object { $0 = $0.held(.unanswered, by: Seen.moment(8, day: 8)) }
        func verdict(of object: MissingObject, by judgement: FindingsJudgement) -> FindingVerdict {
            self.verdict(.unknown, of: object, by: judgement, code: 40003)
        }
        #expect(verdict(of: held, by: approval) == .gone(.leftCompany, .disable))
        #expect(verdict(of: held, by: judgement(.apply, protected: ["ANN"])) == .gone(.leftCompany, .keep))
        let unit = department(3).held(.unanswered, by: Seen.moment(8, day: 8))
        #expect(verdict(of: unit, by: approval) == .gone(.leftCompany, .deleteAfterGrace))
        var hidden = held
        hidden.isOfReadDepartment = false
        #expect(verdict(of: hidden, by: approval) == .gone(.leftVisibleRange, .disable))
        #expect(verdict(of: hidden, by: judgement(.apply, isRangeWhole: false)) == .unknown)
        // Nobody agreed, or to something else.
        #expect(verdict(of: held, by: judgement()) == .unknown)
        #expect(verdict(of: object(), by: approval) == .unknown)
        #expect(verdict(of: object { $0 = $0.held(.overLimit, by: Seen.moment(8, day: 8)) }, by: approval) == .unknown)
    }

    @Test(
        "of whom WeCom does not say anything at the time, or at all, nobody's agreement does",
        arguments: [nil, -1, 6_000, 40_014, 45_009, 45_029, 45_033, 60_020, 301_002, 99_999] as [Int?]
    )
    func untoldByAgreement(code: Int?) {
        let held = object { $0 = $0.held(.unanswered, by: Seen.moment(8, day: 8)) }
        #expect(verdict(.unknown, of: held, by: judgement(.apply), code: code) == .unknown)
        #expect(verdict(.unknown, .void, of: held, by: judgement(.apply), code: 40003) == .unknown)
    }

    @Test(
        "only a run that reads everything of a kind confirms another, or somebody's agreement does",
        arguments: [
            (.full, true, true), (.repair, true, true), (.departments, false, true), (.objects, false, false),
            (.apply, true, true),
        ] as [(RunSync.Kind, Bool, Bool)]
    )
    func confirmationByKind(kind: RunSync.Kind, person: Bool, department: Bool) {
        let judgement = judgement(kind)
        let missed = object { $0.missedWhole = Seen.moment(8, day: 8) }
        var unit = self.department(3)
        unit.missedWhole = Seen.moment(8, day: 8)
        let gone = FindingVerdict.gone(.leftCompany, .deleteAfterGrace)
        #expect(verdict(.refused, .mayNotAsk, of: missed, by: judgement) == (person ? gone : .unconfirmed))
        #expect(verdict(.refused, .mayNotAsk, of: unit, by: judgement) == (department ? gone : .unconfirmed))
    }
}
