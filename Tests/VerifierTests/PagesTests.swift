import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Verifier

@Suite
struct PagesTests {
    private static let refused = Page.refused(
        .init(
            chinese: "中",
            english: "<script>alert(1)</script>",
            chineseActor: "管理员",
            englishActor: "you",
            chineseFix: "修",
            englishFix: "fix",
            reason: "denied",
            diagnosis: "AAAA",
            again: "/logon?a=1&b=2",
            back: nil,
            backForm: nil
        )
    )

    private static let confirmation = Page.confirmation(
        .init(
            code: "WDJB-MJHT",
            client: "<img>",
            person: "张三",
            gains: Scope.all.gains,
            confirmation: "sealed",
            other: "/device?user_code=WDJB-MJHT&account=other"
        )
    )

    private static let pages: [Page] = [
        .enterprise(.init(typed: "\"><img>", isWrong: true, request: "r1")), refused,
        .options(.init(choices: [.init(title: "<b>", link: "/logon/x/start?idp=1&request=2")], change: "/logon")),
        .untrusted(.init(chinese: "中", english: "en")), .connected(.init(name: "张三")), .loggedOff,
        .device(.init(typed: "\"><img>", trouble: .unknown)), .device(.init(typed: "", trouble: nil)), confirmation,
        .answered(.init(client: "<img>", isAllowed: true)), .answered(.init(client: "<img>", isAllowed: false)),
        .logOff(.init(person: "<img>", confirmation: "sealed")),
        .answer(.init(action: "com.example.app:/back?a=\"", fields: [.init(name: "state", value: "\"><img>")])),
    ]

    @Test("every page is whole, and the policy allows its style and nothing from elsewhere", arguments: pages.indices)
    func policy(_ index: Int) async throws {
        let response = try await Self.response(Self.pages[index])
        let html = response.text
        #expect(html.hasPrefix("<!doctype html>"))
        #expect(html.contains("</html>"))
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("<img>"))
        let style = try #require(html.firstRange(of: "<style>")).upperBound
        let end = try #require(html.firstRange(of: "</style>")).lowerBound
        let digest = Data(SHA256.hash(data: Data(html[style..<end].utf8))).base64EncodedString()
        let policy = try #require(response.headers[.contentSecurityPolicy])
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("style-src 'sha256-\(digest)'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(policy.contains("script-src 'sha256-") == html.contains("<script>"))
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test("what people and clients typed is escaped")
    func escaping() async throws {
        #expect(try await !Self.response(Self.pages[0]).text.contains("\"><img>"))
        let refused = try await Self.response(Self.refused)
        #expect(refused.text.contains("&lt;script&gt;"))
        #expect(refused.links == ["/logon?a=1&b=2"])
        #expect(refused.element("diagnosis") == "AAAA")
    }

    @Test("the page of the enterprise ID keeps the request and says what is wrong")
    func enterprise() async throws {
        let html = try await Self.response(Self.pages[0]).text
        #expect(html.contains("name=\"request\" value=\"r1\""))
        #expect(html.contains("aria-invalid=\"true\""))
    }

    private static func response(_ page: Page) async throws -> TestResponse {
        let pages = try await Pages()
        let router = Router(context: BasicRequestContext.self)
        router.get("/") { _, _ in pages.response(page) }
        return try await Application(router: router).test(.router) { client in
            try await client.execute(uri: "/", method: .get) { $0 }
        }
    }
}
