import Foundation
import HTTPTypes
import HummingbirdTesting
import Runtime
import Testing
import Web

@testable import Console

/// What became of people, and what they were: before and after.
@Suite(.timeLimit(.minutes(5)))
struct HistoryPagesTests {
    private static let person = "/idps/\(Sample.idp)/people/\(Sample.idp)"

    private func signedIn(_ body: @escaping @Sendable (Browser) async throws -> Void) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            try await body(browser)
        }
    }

    @Test("a run's report has what it did before and after, by the filters that were chosen, and as files by the same")
    func report() async throws {
        try await signedIn { browser async throws in
            let page = try await browser.get("/runs/\(Sample.runID)?show=held&kind=user").text
            #expect(page.contains("<option value=\"held\" selected>"))
            #expect(page.contains("<option value=\"user\" selected>"))
            #expect(page.contains("objects/export?format=csv&amp;change=held&amp;kind=user"))
            #expect(page.contains("<td class=\"after\"><bdi class=\"data\">somebody</bdi>"))
            let all = try await browser.get("/runs/\(Sample.runID)?show=all").text
            #expect(all.contains("objects/export?format=jsonl\""))
        }
    }

    @Test("what a run did is a file for whoever may see the run, and for nobody else")
    func export() async throws {
        let path = "/runs/\(Sample.runID)/objects/export?format=csv"
        try await signedIn { browser async throws in
            let file = try await browser.get(path)
            #expect(file.status == .ok && file.text.contains("overLimit"))
            #expect(file.headers[.contentDisposition] == "attachment; filename=\"run-\(Sample.runID).csv\"")
        }
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.foreignKey)
            #expect(try await browser.get(path).status == .notFound)
        }
    }

    @Test("a timeline tells when, by which run, why, and what was before and after")
    func timeline() async throws {
        try await signedIn { browser async throws in
            let page = try await browser.get("\(Self.person)/history").text
            #expect(page.contains("<time datetime=\"\(Sample.time)\">"))
            #expect(page.contains("<a href=\"/runs/\(Sample.runID)\">Run 7</a>"))
            #expect(page.contains("left the company"))
            #expect(page.contains("in the directory") && page.contains(">removed</bdi>"))
            #expect(page.contains("past?at=\(Sample.time.replacing(":", with: "%3A"))"))
        }
    }

    @Test("a person of another time is shown as such, and nothing can be done about them")
    func past() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let page = try await browser.get("\(Self.person)/past?at=2026-03-01T08:30&offset=-480")
            #expect(page.status == .ok)
            #expect(page.text.contains("<time datetime=\"2026-03-01T00:30:00.000Z\">") && page.offers == 0)
        }
    }

    @Test(
        "a time that is none, and one that nothing is known of any more, is said at the form",
        arguments: [
            ("", 400), ("at=yesterday", 400), ("at=2026-03-01T08:30&offset=x", 400), ("at=2001-01-01T08:30", 410),
        ]
    )
    func noTime(_ query: String, _ status: Int) async throws {
        try await signedIn { browser async throws in
            let page = try await browser.get("\(Self.person)/past?\(query)")
            #expect(page.status.code == status)
            #expect(page.text.contains("role=\"alert\"") && page.text.contains("type=\"datetime-local\""))
        }
    }

    @Test(
        "what a field without a time zone holds becomes a time in UTC",
        arguments: [
            ("at=2026-03-01T08:30", "2026-03-01T08:30:00.000Z"),
            ("at=2026-03-01T08:30:15&offset=-480", "2026-03-01T00:30:15.000Z"),
            ("at=2026-03-01T08:30:15.123Z&offset=60", "2026-03-01T08:30:15.123Z"),
        ]
    )
    func times(_ query: String, _ utc: String) throws {
        #expect(try #require(PastTime(FormFields(query))).text == utc)
    }

    @Test("values are told in words, and only those that there are")
    func words() async throws {
        let texts = try #require(try Texts.load()[.english])
        let told = ValueChanges([], DepartmentNames(), .english, texts)
        func changes(_ before: [String: JSON], _ after: [String: JSON]) -> [ValueChange] { told.told(before, after) }
        #expect(
            changes(["status": .integer(1), "alias": .null], ["status": .integer(2), "alias": .string("")])
                == [ValueChange(label: "Status", before: ["active in WeCom"], after: ["disabled in WeCom"])]
        )
        let seven = JSON.object(["id": .integer(7), "order": .integer(1), "isLeader": .boolean(false)])
        let later = JSON.object(["id": .integer(7), "order": .integer(2), "isLeader": .boolean(false)])
        #expect(
            changes(["departments": .array([seven])], ["departments": .array([later])])
                == [ValueChange(label: "Departments", before: ["7 · Order 1"], after: ["7 · Order 2"])]
        )
        let attributes = changes(
            ["attributes": .object(["a": .string("1"), "b": .string("2")])],
            ["attributes": .object(["a": .string("1"), "c": .string("3")])]
        )
        #expect(attributes.map(\.label) == ["b", "c"])
        #expect(attributes.map(\.before) == [["2"], []] && attributes.map(\.after) == [[], ["3"]])
        #expect(told.told(nil, nil).isEmpty)
    }
}
