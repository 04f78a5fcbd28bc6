import Foundation
import NIOCore
import Runtime
import Testing

@testable import Console

/// What is told in words: settings, plans, numbers and times.
@Suite
struct WordsTests {
    private let texts: [Language: Texts]

    init() throws { texts = try Texts.load() }

    @Test(
        "a rule of the mapping is told in the words of its form",
        arguments: [
            (Language.english, "Position: fixed value Colleague"), (.chinese, "职位 ← 固定值：Colleague"),
        ]
    )
    func rule(_ language: Language, _ line: String) throws {
        let told = SettingText(fields: [], texts: try #require(texts[language]))
        let rule: [String: JSON] = [
            "target": .string("title"), "kind": .string("constant"), "value": .string("Colleague"),
            "when": .string("always"), "missing": .string("keep"),
        ]
        #expect(told.lines(.array([.object(rule)]), of: "mapping") == [line])
    }

    @Test("rules that differ in one word are told apart, and an expression is told")
    func rules() throws {
        let told = SettingText(fields: [], texts: try #require(texts[.english]))
        func line(_ more: [String: JSON]) -> [String] {
            let rule: [String: JSON] = [
                "target": .string("email"), "kind": .string("expression"), "expression": .string("lower(email)"),
            ]
            return told.lines(.array([.object(rule.merging(more) { $1 })]), of: "mapping")
        }
        #expect(line([:]) == ["Email: expression lower(email)"])
        let lines: [[String: JSON]] = [
            [:], ["missing": .string("clear")], ["missing": .string("reject")], ["when": .string("onCreate")],
        ]
        #expect(Set(lines.map(line)).count == lines.count)
    }

    @Test("settings are told as their forms do")
    func settings() throws {
        let told = SettingText(fields: [], texts: try #require(texts[.english]))
        #expect(told.label("description") == "Description")
        #expect(told.lines(.boolean(true), of: "automaticSynchronization") == ["Yes"])
        #expect(told.lines(.string("closed"), of: "status") == ["Closed"])
        #expect(told.lines(nil, of: "filter").isEmpty)
    }

    @Test("what somebody else changed meanwhile is called as the page calls it")
    func changedMeanwhile() throws {
        let body =
            #"{"type":"x/revision-changed","detail":"Changed meanwhile: description.","changes":{"description":{"current":"a"}}}"#
        let problem = APIProblem(from: .registry, status: 412, body: .init(string: body))
        let chinese = try #require(texts[.chinese])
        #expect(ProblemView(problem, chinese).detail?.text == "期间被修改的内容：描述。")
    }

    @Test("a refused limit is told by its table, row and column, with numbers grouped")
    func limit() throws {
        let error = #"{"field":"safetyLimits.departments.perRun.count","message":"Give 0 to 10000000."}"#
        let problem = APIProblem(
            from: .registry,
            status: 400,
            body: .init(string: #"{"type":"x/invalid-request","errors":[\#(error)]}"#)
        )
        let english = try #require(texts[.english])
        let field = try #require(ProblemView(problem, english).fields.first)
        #expect(field.label == "Departments that may be removed · one run · Count")
        #expect(field.message.text == "Give 0 to 10,000,000.")
    }

    @Test("times in what a service says are told as people read them")
    func times() {
        let said = Sentence(text: "Known since 2026-03-01T08:30:15.123Z, and not before.", lang: "en")
        #expect(said.withTimes.text == "Known since 2026-03-01 08:30 UTC, and not before.")
    }

    @Test(
        "one is told as one",
        arguments: [(0, "0 people"), (1, "1 person"), (2, "2 people"), (1_000, "1,000 people")]
    )
    func counted(_ count: Int, _ text: String) throws {
        #expect(try #require(texts[.english]).counted("people.count", count) == text)
    }

    @Test("of what differs from a plan both sides are told, also where one of them leaves it alone")
    func differences() {
        func object(_ before: [String: JSON], _ after: [String: JSON]) -> PlannedObject {
            PlannedObject(
                kind: "user",
                externalID: "a",
                name: nil,
                change: "updated",
                reason: nil,
                hold: nil,
                before: before,
                after: after
            )
        }
        func values(_ planned: PlannedObject?, _ found: PlannedObject?) -> [[String: JSON]] {
            let difference = PlanDifference(kind: "user", externalID: "a", name: nil, planned: planned, found: found)
            return [difference.values.then, difference.values.now]
        }
        let (old, new, newer) = (JSON.string("old"), JSON.string("new"), JSON.string("newer"))
        let found = object(["displayName": old], ["displayName": newer])
        #expect(values(nil, found) == [["displayName": old], ["displayName": newer]])
        let planned = object(["displayName": old], ["displayName": new])
        #expect(values(planned, found) == [["displayName": new], ["displayName": newer]])
        #expect(values(planned, nil) == [["displayName": new], ["displayName": old]])
    }
}
