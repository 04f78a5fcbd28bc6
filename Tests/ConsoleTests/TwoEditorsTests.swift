import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing
import Web

@testable import Console

/// What becomes of two who edit the same at the same time.
@Suite(.timeLimit(.minutes(5)))
struct TwoEditorsTests {
    private static let tenant = "/tenants/\(Sample.tenant)"
    private static let idp = "/idps/\(Sample.idp)"

    /// A page whose forms change something, and one of them with what it sends besides its version.
    struct Editing: Sendable, CustomStringConvertible {
        let page: String
        let action: String
        let fields: [String: String]
        /// The version that is stored.
        let version: Int

        var description: String { action }

        init(_ page: String, _ action: String, _ fields: [String: String] = [:], at version: Int) {
            (self.page, self.action, self.fields, self.version) = (page, action, fields, version)
        }
    }

    static let all = [
        Editing("\(tenant)/settings", "\(tenant)/settings", ["name": "mine"], at: 1),
        Editing("\(tenant)/settings", "\(tenant)/suspend", ["reason": "mine"], at: 1),
        Editing("\(tenant)/settings", "\(tenant)/delete", ["confirm": "mine"], at: 1),
        Editing(
            "\(tenant)/extended-fields/costCenter",
            "\(tenant)/extended-fields/costCenter",
            ["title.zh": "mine", "type": "text"],
            at: 1
        ),
        Editing(
            "\(tenant)/extended-fields/costCenter",
            "\(tenant)/extended-fields/costCenter/delete",
            ["title.zh": "mine", "type": "text"],
            at: 1
        ),
        Editing("\(tenant)/notifications", "\(tenant)/webhooks/\(Sample.idp)/disable", at: 1),
        Editing("\(tenant)/notifications", "\(tenant)/webhooks/\(Sample.idp)/delete", at: 1),
        Editing("\(tenant)/notifications", "\(tenant)/webhooks/\(Sample.idp)/rotate", at: 1),
        Editing("\(idp)/edit", "\(idp)/edit", ["name": "mine"], at: 3),
        Editing("\(idp)/scope", "\(idp)/scope", ["kind": "all"], at: 3),
        Editing("\(idp)/mapping", "\(idp)/mapping", ["kind.email": "direct", "source.email": "mine"], at: 3),
        Editing("\(idp)/safety", "\(idp)/safety", ["graceDays": "7"], at: 3),
        Editing("\(idp)/egress", "\(idp)/egress", ["host": "mine", "port": "3128"], at: 3),
        Editing("\(idp)/messages", "\(idp)/messages", ["recipients": "mine"], at: 1),
        Editing("\(idp)/connect", "\(idp)/connect/own-app", ["corpID": "mine"], at: 3),
        Editing("\(idp)/close", "\(idp)/close", at: 3),
        Editing("\(idp)/delete", "\(idp)/delete", ["confirm": "mine"], at: 3),
        Editing("\(idp)/revisions/2", "\(idp)/revisions/2/restore", at: 3),
        Editing(
            "/clients/\(Sample.idp)",
            "/clients/\(Sample.idp)",
            ["name": "mine", "redirects": "https://a.test"],
            at: 4
        ),
        Editing("/clients/\(Sample.idp)", "/clients/\(Sample.idp)/rotate", at: 4),
        Editing("/clients/\(Sample.idp)", "/clients/\(Sample.idp)/delete", at: 4),
        Editing("/api-keys", "/api-keys/\(Sample.idp)/replace", at: 5),
        Editing("/api-keys", "/api-keys/\(Sample.idp)/revoke", at: 5),
    ]

    private func versions(in text: String) -> Set<String> {
        Set(text.matches(of: /name="version" value="([^"]*)"/).map { String($0.1) })
    }

    @Test("a form carries the version that it was made from, and a change of that one is made", arguments: all)
    func first(_ editing: Editing) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let page = try await browser.get(editing.page)
            #expect(versions(in: page.text) == ["\(editing.version)"])
            let fields = editing.fields.merging(["version": "\(editing.version)"]) { $1 }
            let done = try await browser.post(editing.action, fields, token: page.formToken)
            #expect([.seeOther, .ok].contains(done.status))
        }
    }

    @Test("the second of two is told, sees the form again, and may overwrite knowingly", arguments: all)
    func second(_ editing: Editing) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let token = try await browser.get(editing.page).formToken
            let fields = editing.fields.merging(["version": "\(editing.version - 1)"]) { $1 }
            let refused = try await browser.post(editing.action, fields, token: token)
            #expect(refused.status == .preconditionFailed)
            #expect(refused.text.contains("Somebody else changed it meanwhile"))
            #expect(versions(in: refused.text) == ["\(editing.version)"])
        }
    }

    @Test("a change of nobody knows what is not made", arguments: all)
    func none(_ editing: Editing) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let token = try await browser.get(editing.page).formToken
            let refused = try await browser.post(editing.action, editing.fields, token: token)
            #expect(refused.status == .preconditionRequired)
        }
    }

    @Test("what was typed and what is stored now are shown beside each other")
    func both() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let token = try await browser.get("/tenants").formToken
            for editing in Self.all where editing.fields["name"] != nil || editing.fields["title.zh"] != nil {
                let fields = editing.fields.merging(["version": "0"]) { $1 }
                let text = try await browser.post(editing.action, fields, token: token).text
                #expect(text.contains("Stored now"), "\(editing)")
                #expect(text.contains("value=\"mine\""), "\(editing)")
                #expect(text.contains("<pre class=\"value data\">mine"), "\(editing)")
                let stored = editing.action.hasPrefix("/idps") ? "stored by somebody else" : Sample.hostile.htmlEscaped
                #expect(text.contains("<pre class=\"value data\">\(stored)"), "\(editing)")
            }
        }
    }

    @Test("a mistake in a form does not make it one of a version that nobody has seen")
    func mistaken() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let token = try await browser.get("/tenants").formToken
            let fields = ["kind.email": "direct", "source.email": "mine", "version": "2", "go": "look"]
            let tried = try await browser.post("\(Self.idp)/mapping", fields, token: token)
            #expect(versions(in: tried.text) == ["2"])
        }
    }
}
