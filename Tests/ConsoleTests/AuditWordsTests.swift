import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing
import Web

@testable import Console

/// Whether the audit is told in words.
@Suite
struct AuditWordsTests {
    private let texts: [Language: Texts]

    init() throws { texts = try Texts.load() }

    @Test("every action that the registry writes to the audit has words, and no other has")
    func actions() throws {
        let known = Set(try #require(texts[.english]?.groups["deed"]).keys)
        let kinds = Set(known.map { $0.prefix { $0 != "." } })
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let folder = root.appending(path: "Services/Registry")
        let files = (FileManager.default.subpaths(atPath: folder.path()) ?? []).filter { $0.hasSuffix(".swift") }
        let written = try files.flatMap { name in
            let source = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            return SwiftLiterals(in: source).all.filter {
                $0.wholeMatch(of: /[a-z-]+\.[a-z-]+/) != nil && kinds.contains($0.prefix { $0 != "." })
            }
        }
        #expect(known.symmetricDifference(written) == [])
        for kind in kinds { #expect(texts[.chinese]?.find("object.\(kind)") != nil, "\(kind)") }
    }

    @Test("kinds of objects that the registry writes have words")
    func objects() throws {
        for kind in [
            "administrator", "api-key", "client", "delivery", "idp", "operation", "registry", "run", "sealing-keys",
            "tenant",
            "webhook",
        ] {
            for texts in texts.values { #expect(texts.find("object.\(kind)") != nil, "\(kind)") }
        }
    }

    @Test("who did something is called as people say, and a name that somebody gave stays")
    func actors() throws {
        let (english, chinese) = (try #require(texts[.english]), try #require(texts[.chinese]))
        func actor(_ kind: String, _ name: String) -> AuditActor { AuditActor(kind: kind, id: nil, name: name) }
        #expect(english.name(of: actor("wecom", "wecom")) == "WeCom")
        #expect(chinese.name(of: actor("wecom", "wecom")) == "企业微信")
        #expect(english.name(of: actor("key", "sign-in link of bootstrap")) == "sign-in link")
        #expect(chinese.name(of: actor("key", "sign-in link of bootstrap")) == "初始密钥的登录链接")
        #expect(chinese.name(of: actor("key", "sign-in link of night shift")) == "night shift的登录链接")
        #expect(english.name(of: actor("person", "bootstrap")) == "bootstrap")
        #expect(english.name(of: actor("key", "night shift")) == "night shift")
    }

    @Test("a list of the audit names its objects, and its filter offers actions and actors by their words")
    func page() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            let page = try await browser.get("/audit?action=idp.changed&actor=wecom").text
            #expect(page.contains("<option value=\"idp.changed\" selected>Settings changed</option>"))
            #expect(page.contains("<option value=\"idp.*\">Identity provider: everything</option>"))
            #expect(page.contains("<option value=\"wecom\" selected>WeCom</option>"))
            #expect(
                page.contains(
                    "<a href=\"/idps/\(Sample.idp)\"><bdi class=\"data\">\(Sample.hostile.htmlEscaped)</bdi></a>"
                )
            )
            #expect(page.contains("href=\"/audit?object=\(Sample.idp)\""))
        }
    }
}
