import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing
import Web

@testable import Console

/// What services say, as pages show it.
@Suite(.timeLimit(.minutes(5)))
struct SaidTests {
    private static let preflight = "/idps/\(Sample.idp)/preflight"

    @Test("a Chinese page has in Chinese what a service says, and says of what nobody knows that it is English")
    func chinese() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.operator))
            let token = try await browser.get(Self.preflight).formToken
            let page = try await browser.post(Self.preflight, token: token, language: "zh-CN")
            #expect(page.text.contains("<p class=\"said\" lang=\"zh-CN\">企业微信已有 40 分钟没有回调"))
            #expect(page.text.contains("<span lang=\"en\">\(Sample.hostile.htmlEscaped)"))
        }
    }

    @Test("an English page has it as the service says it")
    func english() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.operator))
            let token = try await browser.get(Self.preflight).formToken
            let page = try await browser.post(Self.preflight, token: token)
            #expect(page.text.contains("<p class=\"said\" lang=\"en\">WeCom has not called for 40 minutes"))
        }
    }

    @Test("a refusal is told in Chinese down to what happened this time")
    func refusal() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let path = "/tenants/\(Sample.tenant)/settings"
            let token = try await browser.get(path).formToken
            let fields = ["name": "mine", "version": "9"]
            let page = try await browser.post(path, fields, token: token, language: "zh-CN")
            #expect(page.status == .preconditionFailed)
            #expect(page.text.contains("<p class=\"said\" lang=\"zh-CN\">当前版本为 1。</p>"))
        }
    }
}
