import Foundation
import HummingbirdTesting
import Testing

@testable import Console

/// The page of the directory's departments, and how HTML is written without a template.
@Suite(.timeLimit(.minutes(5)))
struct DepartmentsTests {
    private static let path = "/idps/\(Sample.idp)/departments"

    @Test("each department stands below the one that it belongs to, with its people, and opens without a script")
    func tree() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            let text = try await browser.get(Self.path).text
            #expect(text.matches(of: /people\?department=(\d+)/).map { String($0.1) } == ["1", "2", "3"])
            let counts = text.matches(of: /<span class="count">([^<]+)</).map { String($0.1) }
            #expect(counts == ["6 people", "3 people", "1 person"])
            #expect(text.matches(of: /<details open>/).count == 1 && text.matches(of: /<details>/).count == 1)
            #expect(text.matches(of: /<ul>|<li[ >]/).count == text.matches(of: /<\/ul>|<\/li>/).count)
        }
    }

    @Test("departments that are looked for stand one below the other, and it is said where there are none")
    func search() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            let found = try await browser.get("\(Self.path)?q=SALE").text
            #expect(found.matches(of: /people\?department=(\d+)/).map { String($0.1) } == ["3"])
            #expect(!found.contains("<details"))
            let none = try await browser.get("\(Self.path)?q=nothing").text
            #expect(none.contains("There are no departments.") && !none.contains("people?department="))
        }
    }

    @Test("what is put into HTML is escaped, and HTML that is put into it is not")
    func markup() {
        let (name, list): (String, Markup) = ("<b> & \"c\"", "<li>\("<")</li>")
        let markup: Markup = "<p title=\"\(name)\"\(" hidden", if: true)\(" open", if: false)>\(3)</p>\(list)"
        #expect(markup.html == "<p title=\"&lt;b&gt; &amp; &quot;c&quot;\" hidden>3</p><li>&lt;</li>")
    }

    @Test("a number is put into each of its places, and nothing else in braces is touched")
    func places() {
        let group = ["b": "{count} of {all}: {count}, {coun, {", "c": "{count} {count|is|are} {count|odd}, {counts}"]
        let texts = Texts(language: .english, groups: ["a": group])
        #expect(texts.counted("a.b", 1_234) == "1,234 of {all}: 1,234, {coun, {")
        #expect(texts.counted("a.b", 2, ["all": "9"]) == "2 of 9: 2, {coun, {")
        #expect(texts.counted("a.c", 1) == "1 is {count|odd}, {counts}")
        #expect(texts.counted("a.c", 2) == "2 are {count|odd}, {counts}")
    }
}
