import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Console

/// What keeps others from using somebody's console.
@Suite(.timeLimit(.minutes(5)))
struct DefenceTests {
    @Test("a form without the page's token, with another one, or from another site changes nothing")
    func foreignForms() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let token = try await browser.get("/tenants").formToken
            #expect(token != nil)
            let fields = ["name": "x"]
            #expect(try await browser.post("/tenants", fields, token: nil).status == .forbidden)
            let other = String(repeating: "a", count: 43)
            #expect(try await browser.post("/tenants", fields, token: other).status == .forbidden)
            for site in ["cross-site", "same-site"] {
                #expect(try await browser.post("/tenants", fields, token: token, site: site).status == .forbidden)
            }
            let made = try await browser.post("/tenants", fields, token: token)
            #expect(made.status == .seeOther)
        }
    }

    @Test("the head of a page is had without its body, by whoever may have the page")
    func head() async throws {
        try await withConsole { browser async throws in
            let refused = try await browser.head("/tenants")
            #expect(refused.status == .seeOther)
            try await browser.signIn(StubServices.key(.owner))
            let head = try await browser.head("/tenants")
            #expect(head.status == .ok)
            #expect(head.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(head.body.readableBytes == 0)
        }
    }

    @Test("nobody can be signed in by a form of another site")
    func foreignSignIn() async throws {
        try await withConsole { browser async throws in
            let key = ["key": StubServices.key(.owner)]
            #expect(try await browser.post("/sign-in", key, token: "x").status == .forbidden)
            #expect(browser.cookies["console-session"] == nil)
        }
    }

    @Test("a sign-in is a new session, whatever the browser had before")
    func fixation() async throws {
        try await withConsole { browser async throws in
            let visitor = try await browser.get("/sign-in").formToken
            try await browser.signIn(StubServices.key(.owner))
            let first = browser.cookies["console-session"]
            let token = try await browser.get("/tenants").formToken
            #expect(first != nil && token != visitor)
            let out = try await browser.post("/sign-out", token: token)
            #expect(out.status == .seeOther && browser.cookies["console-session"] == nil)
            try await browser.signIn(StubServices.key(.owner))
            #expect(browser.cookies["console-session"] != first)
            #expect(try await browser.get("/tenants").formToken != token)
        }
    }

    @Test("a key that nobody has signs nobody in")
    func wrongKey() async throws {
        try await withConsole { browser async throws in
            let response = try await browser.signIn("wbk_0123456789abcdef")
            #expect(response.status == .unprocessableContent)
            #expect(browser.cookies["console-session"] == nil)
            #expect(!response.text.contains("wbk_0123456789abcdef"))
        }
    }

    @Test("every page is in nobody's frame, and runs and shows nothing that is not ours")
    func headers() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            for page in AccessTests.pages.map(\.path) + ["/nowhere"] where !page.hasSuffix("/state") {
                let response = try await browser.get(page)
                let policy = response.headers[.contentSecurityPolicy] ?? ""
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(page)")
                #expect(!policy.contains("unsafe") && !policy.contains("http"), "\(page)")
                #expect(response.headers[.cacheControl] == "no-store", "\(page)")
                #expect(response.foreignParts.isEmpty, "\(page)")
            }
        }
    }

    @Test(
        "names that are markup, or turn the reading direction, stay names on every page",
        arguments: Language.allCases
    )
    func hostileNames(_ language: Language) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            for page in AccessTests.pages.map(\.path) where !page.hasSuffix("/state") {
                let text = try await browser.get(page, language: language.rawValue).text
                #expect(!text.contains("<script>alert"), "\(page)")
                #expect(!text.contains("\"'&\u{202E}"), "\(page)")
                // As browsers see it: a quote before a combining mark is no character of its own in Swift.
                let scalars = Array(text.unicodeScalars)
                let raw = zip(scalars, scalars.dropFirst()).contains { ["\"", "<"].contains($0) && $1 == "\u{301}" }
                #expect(!raw, "\(page)")
                #expect(text.hasSuffix("</html>\n"), "\(page)")
            }
        }
    }

    @Test("assets are kept for good at an address that changes with them, and nothing else is served beside them")
    func assets() async throws {
        try await withConsole { browser async throws in
            let paths = try await browser.get("/sign-in").assetPaths
            #expect(Set(paths).count == 4)
            for path in paths {
                let response = try await browser.get(path)
                #expect(response.status == .ok && response.headers[.cacheControl]?.contains("immutable") == true)
            }
            #expect(try await browser.get("/assets/x/console.css").headers[.cacheControl] == "no-store")
            #expect(try await browser.get("/assets/x/..%2f..%2fSettings.swift").status == .notFound)
        }
    }

    @Test("the language is the browser's, until somebody chooses one")
    func language() async throws {
        try await withConsole { browser async throws in
            #expect(try await browser.get("/sign-in", language: "zh-CN").text.contains("<html lang=\"zh-CN\">"))
            let page = try await browser.get("/sign-in", language: "en")
            #expect(page.text.contains("<html lang=\"en\">"))
            let fields = ["language": "zh-CN", "here": "/sign-in"]
            let chosen = try await browser.post("/language", fields, token: page.formToken)
            #expect(chosen.headers[.location] == "/sign-in")
            #expect(try await browser.get("/sign-in", language: "en").text.contains("<html lang=\"zh-CN\">"))
        }
    }
}
