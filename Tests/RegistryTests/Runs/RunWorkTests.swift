import Messages
import Runtime
import Testing

@testable import Registry

/// What a run does, and what one waiting run does for two requests.
@Suite(.timeLimit(.minutes(5)))
struct RunWorkTests {
    private static let zhang = RunWork.objects(RunTarget(users: ["zhangsan"]))
    private static let sales = RunWork.objects(RunTarget(departments: [7], includesBelow: true))
    private static let approval = RunWork.apply(HeldSelection(upTo: Epoch(rawValue: 3)))

    private static func crowd(_ numbers: Range<Int>) -> RunTarget { RunTarget(users: numbers.map { "u\($0)" }) }

    @Test("requests for objects are joined, each object once")
    func objects() {
        let other = RunWork.objects(
            RunTarget(users: ["lisi", "zhangsan"], departments: [7, 8], toldDeleted: ["lisi"])
        )
        let joined = RunTarget(
            users: ["zhangsan", "lisi"],
            departments: [7, 8],
            includesBelow: true,
            toldDeleted: ["lisi"]
        )
        #expect(Self.zhang.joined(with: Self.sales)?.joined(with: other) == .objects(joined))
    }

    @Test("as many objects as a run reads one by one are joined; with one more everything is read")
    func most() {
        let half = RunTarget.mostObjects / 2
        let (one, other) = (Self.crowd(0..<half), Self.crowd(half..<RunTarget.mostObjects))
        guard case .objects(let all)? = RunWork.objects(one).joined(with: .objects(other)) else {
            Issue.record("they are not joined")
            return
        }
        #expect(all.users.count == RunTarget.mostObjects)
        #expect(RunWork.objects(all).joined(with: Self.zhang) == .full)
        #expect(RunWork.objects(all).joined(with: Self.sales) == .full)
    }

    @Test(
        "a full run does what any other reads, whichever was asked for first",
        arguments: [zhang, sales, .departments]
    )
    func full(other: RunWork) {
        #expect(RunWork.full.joined(with: other) == .full)
        #expect(other.joined(with: .full) == .full)
    }

    @Test("the structure and single objects together are read by a full run")
    func structure() {
        #expect(RunWork.departments.joined(with: Self.zhang) == .full)
        #expect(Self.zhang.joined(with: .departments) == .full)
        #expect(RunWork.departments.joined(with: .departments) == .departments)
    }

    @Test("where only the structure is synchronised, requests that want less do not bring everybody together")
    func structureAlone() {
        let most = RunWork.objects(Self.crowd(0..<RunTarget.mostObjects))
        for (one, other) in [(RunWork.departments, Self.zhang), (Self.zhang, .departments), (most, Self.zhang)] {
            #expect(one.joined(with: other, usual: .full) == .full)
            #expect(one.joined(with: other, usual: .departments) == nil)
        }
        #expect(RunWork.full.joined(with: Self.zhang, usual: .departments) == .full)
        #expect(Self.zhang.joined(with: Self.zhang, usual: .departments) == Self.zhang)
        #expect(RunWork.departments.joined(with: .repair, usual: .departments) == .repair)
    }

    @Test("a decision is joined with the very same one alone", arguments: [RunWork.full, .departments, zhang, .delete])
    func decisions(other: RunWork) {
        #expect(Self.approval.joined(with: other) == nil)
        #expect(other.joined(with: Self.approval) == nil)
        #expect(Self.approval.joined(with: Self.approval) == Self.approval)
        #expect(Self.approval.joined(with: .reject(HeldSelection(upTo: Epoch(rawValue: 3)))) == nil)
        #expect(Self.approval.joined(with: .apply(HeldSelection(upTo: Epoch(rawValue: 4)))) == nil)
    }

    @Test("what a request asks for is read as the run that does it")
    func requests() throws {
        let user: JSON = ["kind": "user", "user": "zhang.san@x"]
        let department: JSON = ["kind": "department", "department": 7]
        let below: JSON = ["kind": "department", "department": 7, "includesBelow": true]
        let whole: JSON = ["kind": "full", "dryRun": true]
        #expect(try RunForm.rule.read([:]) == RunForm())
        #expect(try RunForm.rule.read(whole) == RunForm(work: .full, isDryRun: true))
        #expect(try RunForm.rule.read(["kind": "departments"]).work == .departments)
        #expect(try RunForm.rule.read(user).work == .objects(RunTarget(users: ["zhang.san@x"])))
        #expect(try RunForm.rule.read(department).work == .objects(RunTarget(departments: [7])))
        #expect(try RunForm.rule.read(below).work == Self.sales)
    }

    @Test(
        "a request that is not whole, or says more than its kind has, is refused by its fields",
        arguments: [
            RuleCase(["kind": "user"], ["user"]),
            RuleCase(["kind": "department"], ["department"]),
            RuleCase(["kind": "user", "user": ""], ["user"]),
            RuleCase(["kind": "user", "user": "zhang san"], ["user"]),
            RuleCase(["kind": "user", "user": .string(String(repeating: "a", count: 65))], ["user"]),
            RuleCase(["kind": "department", "department": 0], ["department"]),
            RuleCase(["kind": "department", "department": "7"], ["department"]),
            RuleCase(["kind": "department", "department": 7, "includesBelow": 1], ["includesBelow"]),
            RuleCase(["kind": "user", "user": "a", "includesBelow": true], ["includesBelow"]),
            RuleCase(["kind": "full", "user": "a", "department": 7], ["department", "user"]),
            RuleCase(["user": "a", "includesBelow": false], ["includesBelow", "user"]),
            RuleCase(["kind": "delete"], ["kind"]),
            RuleCase(["kind": "objects", "user": "a"], ["kind"]),
        ]
    )
    func refused(example: RuleCase) {
        do throws(Mistakes) {
            _ = try RunForm.rule.read(example.value)
            Issue.record("it is taken")
        } catch {
            #expect(error.all.map(\.field).sorted() == example.fields)
            #expect(
                error.all.allSatisfy {
                    $0.message.hasPrefix("Give") || $0.message.contains("eave it out") || $0.message.contains("missing")
                }
            )
        }
    }

    @Test("what a decision may name is checked one by one")
    func namedObjects() throws {
        let objects: JSON = [
            ["kind": "user", "externalID": "zhangsan"], ["kind": "department", "externalID": "7"],
            ["kind": "user", "externalID": "zhangsan"],
        ]
        #expect(try DecisionForm.rule(.reject).read([:]) == DecisionForm())
        #expect(
            try DecisionForm.rule(.reject).read(["objects": objects])
                == DecisionForm(objects: [.user("zhangsan"), .department(7)])
        )
    }

    @Test("only an approval says whose a user id is that was used before")
    func reuse() throws {
        let form = DecisionForm(reused: .anotherPerson)
        #expect(try DecisionForm.rule(.approve).read(["reused": "anotherPerson"]) == form)
        #expect(throws: Mistakes.self) { try DecisionForm.rule(.approve).read(["reused": "nobody"]) }
    }

    @Test(
        "a decision that names what is none is refused by its fields",
        arguments: [
            RuleCase(["objects": []], ["objects"]),
            RuleCase(["objects": [["kind": "tag", "externalID": "1"]]], ["objects[0].kind"]),
            RuleCase(["objects": [["kind": "department", "externalID": "07"]]], ["objects[0].externalID"]),
            RuleCase(["objects": [["kind": "department", "externalID": "-7"]]], ["objects[0].externalID"]),
            RuleCase(["objects": [["kind": "user", "externalID": "a b"]]], ["objects[0].externalID"]),
            RuleCase(["objects": [["kind": "user"]]], ["objects[0].externalID"]),
            RuleCase(["reused": "samePerson"], ["reused"]),
            RuleCase(
                ["objects": .array(Array(repeating: ["kind": "user", "externalID": "a"], count: 501))],
                ["objects"]
            ),
        ]
    )
    func badNames(example: RuleCase) {
        do throws(Mistakes) {
            _ = try DecisionForm.rule(.undo).read(example.value)
            Issue.record("it is taken")
        } catch {
            #expect(error.all.map(\.field) == example.fields)
        }
    }
}
