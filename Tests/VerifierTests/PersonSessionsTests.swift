import Foundation
import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Testing

@testable import Verifier

/// Operators see and end the sessions of one person.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct PersonSessionsTests {
    private static let operators: HTTPFields = [.authorization: "Bearer \(Bench.operatorKey)"]

    @Test("an operator ends one person's sessions, in the browser as at the clients, and nobody else's")
    func ending() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            bench.wecom.show("LiSi")
            let people = [try Bench.person("LiSi", in: configuration)]
            try await bench.change(people, in: configuration, epoch: 1, sequence: 2)
            let browser = bench.browser
            let tokens = try await bench.redeem(bench.code(configuration, in: browser)).tokens
            let native = try await bench.begin("ZhangSan", of: configuration, client: "gateway")
            let other = try await bench.tokens(configuration, as: "LiSi")
            let path = "/api/v1/idps/\(configuration.id)/users/\(native.session.principal.id)/sessions"

            let seen = try await bench.browser.get(path, headers: Self.operators).json
            let items = try #require(seen["items"] as? [[String: Any]])
            #expect(Set(items.compactMap { $0["clientID"] as? String }) == ["sase", "gateway"])
            let ended = try await Self.end(bench, path)
            #expect(try ended.json["ended"] as? Int == 2)
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            #expect(try await bench.refresh(tokens.refreshToken!).error == "invalid_grant")
            let silent = try await browser.get(Bench.authorizeURI(["prompt": "none"]))
            #expect(silent.query("error") == "login_required")
            #expect(try await bench.userinfo(other.accessToken).status == .ok)
            #expect(try await Self.end(bench, path).json["ended"] as? Int == 0)
        }
    }

    @Test("the sessions come in pages, those first that began last, each once")
    func pages() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            var begun: [String] = []
            for _ in 0..<5 {
                begun.append(try await bench.begin("ZhangSan", of: configuration, client: "sase").session.id)
            }
            let person = try await bench.principal("ZhangSan", of: configuration).id
            let path = "/api/v1/idps/\(configuration.id)/users/\(person)/sessions"
            var (seen, cursor): ([String], String?) = ([], nil)
            var sizes: [Int] = []
            repeat {
                let uri = path + "?limit=2" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page = try await bench.browser.get(uri, headers: Self.operators).json
                let items = try #require(page["items"] as? [[String: Any]])
                seen += items.compactMap { $0["id"] as? String }
                sizes.append(items.count)
                cursor = page["nextCursor"] as? String
            } while cursor != nil
            #expect(seen == begun.reversed())
            #expect(sizes == [2, 2, 1])
            for query in ["limit=0", "limit=201", "limit=x", "cursor=x"] {
                #expect(try await bench.browser.get("\(path)?\(query)", headers: Self.operators).status == .badRequest)
            }
        }
    }

    @Test("without the operator's key nobody sees or ends anything")
    func strangers() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let grant = try await bench.begin("ZhangSan", of: configuration, client: "sase")
            let path = "/api/v1/idps/\(configuration.id)/users/\(grant.session.principal.id)/sessions"
            #expect(try await bench.browser.get(path).status == .unauthorized)
            #expect(try await Self.end(bench, path, headers: [:]).status == .unauthorized)
            #expect(try await bench.userinfo(bench.accessToken(of: grant.session)).status == .ok)
            let nobody = try await bench.browser.get("/api/v1/idps/x/users/y/sessions", headers: Self.operators)
            #expect(nobody.status == .notFound)
        }
    }

    private static func end(
        _ bench: Bench,
        _ path: String,
        headers: HTTPFields = operators
    ) async throws -> TestResponse {
        try await bench.client.executeRequest(uri: path, method: .delete, headers: headers, body: nil)
    }
}
