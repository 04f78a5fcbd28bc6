import Foundation
import Mustache
import Testing
import Web

/// What templates show of a struct, held to what Mustache shows of it by itself.
@Suite
struct TemplateFieldsTests {
    struct Inner: Sendable {
        let word: String
        let note: String?
        let count: Int
    }

    struct Outer: Sendable {
        enum Tone: String, Sendable { case good, bad }

        let title: String
        let word: String
        let absent: String?
        let present: String?
        let flag: Bool
        let perhaps: Bool?
        let number: Int?
        let tone: Tone
        let texts: [String: [String: String]]
        let inner: Inner
        let maybe: Inner?
        let none: Inner?
        let list: [Inner]
        let many: [Inner]?
        let empty: [Inner]
        let words: [String]
        let numbers: [Int]
        let anything: any Sendable
    }

    private static let outer = Outer(
        title: "<b> & \"c\"",
        word: "outer",
        absent: nil,
        present: "there",
        flag: true,
        perhaps: false,
        number: 7,
        tone: .bad,
        texts: ["a": ["b": "text"]],
        inner: Inner(word: "inner", note: nil, count: 1),
        maybe: Inner(word: "maybe", note: "n", count: 2),
        none: nil,
        list: [Inner(word: "first", note: nil, count: 3), Inner(word: "second", note: "x", count: 4)],
        many: [Inner(word: "third", note: nil, count: 5)],
        empty: [],
        words: ["p", "q"],
        numbers: [1, 2],
        anything: Inner(word: "any", note: nil, count: 6)
    )

    @Test(
        "a struct is shown as Mustache shows it",
        arguments: [
            "{{title}}|{{{title}}}|{{absent}}|{{present}}|{{number}}|{{tone}}|{{texts.a.b}}|{{nothing}}",
            "{{#flag}}yes{{/flag}}{{^flag}}no{{/flag}}{{#perhaps}}yes{{/perhaps}}{{^perhaps}}no{{/perhaps}}",
            "{{#absent}}yes{{/absent}}{{^absent}}no{{/absent}}{{#present}}{{.}}{{/present}}",
            "{{#inner}}{{word}}{{note}}{{count}}{{title}}{{present}}{{texts.a.b}}{{/inner}}{{inner.word}}",
            "{{#maybe}}{{word}}{{note}}{{/maybe}}{{#none}}yes{{/none}}{{^none}}no{{/none}}{{none.word}}",
            "{{#list}}{{word}},{{note}},{{count}},{{present}};{{/list}}{{#many}}{{word}}{{/many}}",
            "{{#empty}}yes{{/empty}}{{^empty}}no{{/empty}}{{#words}}{{.}}-{{/words}}{{#numbers}}{{.}}-{{/numbers}}",
            "{{#anything}}{{word}}{{/anything}}{{anything.count}}",
            "{{inner}}",
        ]
    )
    func sameAsMustache(template: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try template.write(to: folder.appending(path: "page.mustache"), atomically: true, encoding: .utf8)
        let library = try MustacheLibrary(htmlTemplates: folder)
        let shown = try #require(library.html("page", showing: Self.outer))
        #expect(shown == library.render(Self.outer, withTemplate: "page"))
        #expect(!shown.isEmpty)
    }
}
