import Foundation
import Testing

@testable import Console

@Suite
struct TextsTests {
    private let texts: [Language: Texts]

    init() throws { texts = try Texts.load() }

    @Test("every text that a template shows is there in both languages")
    func templates() throws {
        let folder = Desk.templates
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count > 30)
        for file in files {
            let template = try String(contentsOf: file, encoding: .utf8)
            for match in template.matches(of: /\bt\.([A-Za-z]+)\.([A-Za-z0-9_]+)/) {
                let key = "\(match.1).\(match.2)"
                for texts in texts.values { #expect(texts.find(key) != nil, "\(file.lastPathComponent): \(key)") }
            }
        }
    }

    @Test("each cell of a list says which column it is of, as on a telephone each row is a card")
    func cards() throws {
        let folder = Desk.templates
        var tables = 0
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let template = try String(contentsOf: file, encoding: .utf8)
            for table in template.matches(of: /<table class="table cards[\s\S]*?<\/table>/) {
                tables += 1
                #expect(table.0.contains("role=\"table\""), "\(file.lastPathComponent)")
                for cell in table.0.matches(of: /<(td|tr|th|thead|tbody)\b([^>]*)>/) {
                    #expect(cell.2.contains("role=\""), "\(file.lastPathComponent): \(cell.0)")
                    guard cell.1 == "td", !cell.2.contains("colspan") else { continue }
                    let isForm =
                        table.0[cell.range.upperBound...].hasPrefix("<form")
                        || table.0[cell.range.upperBound...].hasPrefix("<div class=\"buttons\"")
                    #expect(cell.2.contains("data-label=\"") || isForm, "\(file.lastPathComponent): \(cell.0)")
                }
            }
        }
        #expect(tables > 12)
    }

    @Test("every text that a program asks for by name is there")
    func programs() throws {
        for health in Health.allCases {
            for part in ["", "Why", "Short", "Step"] { require("health.\(health.rawValue)\(part)") }
        }
        for outcome in Run.Outcome.allCases {
            require("run.\(outcome.rawValue)")
            require("run.\(outcome.rawValue)Why")
        }
        for state in Plan.State.allCases {
            require("plan.\(state.rawValue)")
            require("plan.\(state.rawValue)Why")
        }
        require("plan.replayWhy")
        for state in ["waiting", "requested", "running", "finished"] { require("run.\(state)") }
        for kind in ["full", "repair", "departments", "objects", "apply", "reject", "undo", "delete"] {
            require("run.kind_\(kind)")
        }
        for cause in [
            "manual", "schedule", "authorization", "settings", "event", "decision", "confirmation", "deletion",
        ] { require("run.cause_\(cause)") }
        for change in RunObject.changes + ["all", "deleted"] { require("run.list_\(change)") }
        for kind in RunObject.kinds + ["all"] { require("run.kinds_\(kind)") }
        for kind in NotificationKind.allCases { require("notice.\(kind.rawValue)") }
        for role in Role.allCases {
            require("role.\(role.rawValue)")
            require("keys.\(role.rawValue)")
        }
        for word in Client.ways + Client.scopes + ["enabled", "disabled"] { require("client.\(word)") }
        for phase in SigningKey.phases { require("signing.\(phase)") }
        for type in ExtendedField.types { require("fields.\(type)") }
        for target in MappingForm.targets { require("directory.\(target)") }
        for choice in MappingForm.kinds + MappingForm.whens + MappingForm.missings { require("mapping.\(choice)") }
    }

    private func require(_ key: String) {
        for texts in texts.values { #expect(texts.find(key) != nil, "\(key)") }
    }

    @Test("a Chinese text is Chinese: whatever is Latin in it is a name or an example")
    func chinese() throws {
        let chinese = try #require(texts[.chinese])
        let names = [
            "common.ok", "nav.otherLanguage", "field.schema", "field.agentID", "field.secret", "connect.secret",
        ]
        for (group, entries) in chinese.groups {
            for (key, text) in entries where !names.contains("\(group).\(key)") {
                #expect(text.firstMatch(of: /[a-z]+ [a-z]+ [a-z]+ [a-z]+/) == nil, "\(group).\(key)")
                let isName = text.wholeMatch(of: /[A-Za-z]{1,10}/) != nil
                let hasChinese = text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
                // One that only puts other texts beside each other has no words of its own.
                let hasWords = text.replacing(/\{\w+\}/, with: "").contains(where: \.isLetter)
                #expect(isName || hasChinese || !hasWords, "\(group).\(key): \(text)")
            }
        }
    }

    @Test("what follows a number in English is a word that fits one and many")
    func plurals() throws {
        let english = try #require(texts[.english])
        // These are the same for one and for many.
        let invariable = ["s", "min", "h", "created", "updated", "removed"]
        var words = 0
        for (group, entries) in english.groups {
            for (key, text) in entries {
                for place in text.matches(of: /\{\w+\} ([a-z]+)/) {
                    #expect(invariable.contains(String(place.1)), "\(group).\(key): \(place.0)")
                }
                for place in text.matches(of: /\{(\w+)\|([^{}|]+)\|([^{}|]+)\}/) {
                    words += 1
                    #expect(place.2 != place.3, "\(group).\(key)")
                    #expect(
                        text.contains("{\(place.1)}"),
                        "\(group).\(key) has words for a number that it does not say"
                    )
                    for (count, word) in [(0, place.3), (1, place.2), (2, place.3), (1_001, place.3)] {
                        let said = english.counted("\(group).\(key)", count, as: String(place.1))
                        let number = english.number(count)
                        #expect(said.contains("\(number) \(word)"), "\(group).\(key): \(said)")
                        #expect(!said.contains("{\(place.1)"), "\(group).\(key): \(said)")
                    }
                }
            }
        }
        #expect(words > 10)
    }

    @Test("the places for values are the same in both languages")
    func places() throws {
        let (chinese, english) = (try #require(texts[.chinese]), try #require(texts[.english]))
        for (group, entries) in english.groups {
            for (key, text) in entries {
                let places = Set(text.matches(of: /\{\w+\}/).map { String($0.0) })
                let others = Set((chinese.groups[group]?[key] ?? "").matches(of: /\{\w+\}/).map { String($0.0) })
                #expect(places == others, "\(group).\(key)")
            }
        }
    }

    @Test(
        "a browser gets the language that it prefers",
        arguments: [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language.chinese), ("en-GB,en;q=0.9,zh;q=0.1", .english), ("", .chinese),
            ("fr,de;q=0.9", .chinese), ("fr,en;q=0.2", .english), ("en;q=0,zh", .chinese), ("zh-TW", .chinese),
            (";;;q=x,,", .chinese),
        ]
    )
    func preferred(_ header: String, _ language: Language) {
        #expect(Language.preferred(header) == language)
    }

    @Test("numbers are grouped", arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")])
    func numbers(_ number: Int, _ shown: String) throws {
        #expect(try #require(texts[.english]).number(number) == shown)
    }
}
