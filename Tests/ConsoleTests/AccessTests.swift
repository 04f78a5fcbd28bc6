import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Sealing
import Testing

@testable import Console

/// Who gets to which page.
@Suite(.timeLimit(.minutes(5)))
struct AccessTests {
    private static let tenant = "/tenants/\(Sample.tenant)"
    private static let idp = "/idps/\(Sample.idp)"

    /// Every page, and from which role on it is shown.
    static let pages: [(path: String, role: Role)] = [
        ("/tenants", .viewer), (tenant, .viewer), ("\(tenant)/settings", .viewer), ("\(tenant)/idps/new", .viewer),
        ("\(tenant)/idps/new/wecom", .viewer), ("\(tenant)/extended-fields", .viewer),
        ("\(tenant)/extended-fields/costCenter", .viewer), ("\(tenant)/notifications", .viewer), (idp, .viewer),
        ("\(idp)/edit", .viewer), ("\(idp)/scope", .viewer), ("\(idp)/mapping", .viewer), ("\(idp)/connect", .viewer),
        ("\(idp)/connect/state", .viewer), ("\(idp)/close", .viewer), ("\(idp)/delete", .viewer),
        ("\(idp)/runs", .viewer), ("\(idp)/people", .viewer), ("\(idp)/departments", .viewer),
        ("\(idp)/person?id=x", .viewer), ("\(idp)/people/\(Sample.idp)/history", .viewer),
        ("\(idp)/people/\(Sample.idp)/past?at=2026-03-01T08:30", .viewer), ("\(idp)/departments/1/history", .viewer),
        ("\(idp)/preflight", .viewer), ("\(idp)/egress", .viewer),
        ("\(idp)/safety", .viewer), ("\(idp)/messages", .viewer), ("\(idp)/revisions", .viewer),
        ("\(idp)/revisions/2", .viewer), ("/runs/\(Sample.runID)", .viewer),
        ("/runs/\(Sample.runID)?show=all&kind=user", .viewer), ("/runs/\(Sample.runID)/plan", .viewer),
        ("/audit", .viewer), ("/diagnoses?id=ABC", .viewer), ("/api-keys", .owner), ("/clients", .viewer),
        ("/clients/new", .viewer), ("/clients/\(Sample.idp)", .viewer), ("\(idp)/person/sessions?id=x", .viewer),
        ("/signing-keys", .owner), ("/operations", .operator), ("/operations?kind=removals-held", .operator),
        ("/operations/dead-letters", .operator), ("/operations/dead-letters?reason=unknown-type", .operator),
        ("/operations/dead-letters/letter?id=x/0/1", .operator), ("/operations/lag", .operator),
        ("/operations/replays", .operator), ("/operations/doctor", .operator), ("/operations/replays/new", .owner),
        ("/operations/replays/new?tenant=\(Sample.tenant)&tried=\(Sample.runID)", .owner),
        ("/operations/sealing", .owner),
    ]

    /// Pages that show what is the caller's own, whoever that is.
    private static let shared = ["/tenants", "/audit", "/api-keys", "/diagnoses?id=ABC", "/clients", "/clients/new"]

    @Test("each page is shown to the roles that it is for, and to no other", arguments: Role.allCases)
    func roles(_ role: Role) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(role))
            for page in Self.pages {
                let response = try await browser.get(page.path)
                #expect(response.status == (role >= page.role ? .ok : .forbidden), "\(role) \(page.path)")
                #expect(!response.text.contains("⟦"), "\(role) \(page.path)")
            }
        }
    }

    @Test("a viewer is offered nothing that changes anything")
    func viewer() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            for page in Self.pages where page.role == .viewer {
                let response = try await browser.get(page.path)
                #expect(response.status == .ok && response.offers == 0, "\(page.path)")
            }
        }
    }

    @Test("sessions are ended by operators, and keys made by owners of all tenants, whatever is sent")
    func powers() async throws {
        let (sessions, keys) = ("\(Self.idp)/person/sessions/end", "/signing-keys/rotate")
        let resealing = "/operations/sealing/rotate"
        for role in Role.allCases {
            try await withConsole { browser async throws in
                try await browser.signIn(StubServices.key(role))
                let token = try await browser.get("/tenants").formToken
                let ended = try await browser.post(sessions, ["id": "x"], token: token)
                #expect(ended.status == (role >= .operator ? .seeOther : .forbidden), "\(role)")
                let made = try await browser.post(keys, [:], token: token)
                #expect(made.status == (role >= .owner ? .seeOther : .forbidden), "\(role)")
                let resealed = try await browser.post(resealing, ["keyID": "new"], token: token)
                #expect(resealed.status == (role >= .owner ? .seeOther : .forbidden), "\(role)")
            }
        }
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.foreignKey)
            #expect(try await !browser.get("/tenants").text.contains("href=\"/operations\""))
            let token = try await browser.get("/tenants").formToken
            for path in [sessions, keys, resealing] {
                #expect(try await browser.post(path, [:], token: token).status == .notFound, "\(path)")
            }
        }
    }

    @Test("what is another tenant's is not there")
    func foreign() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.foreignKey)
            for page in Self.pages where !Self.shared.contains(page.path) {
                #expect(try await browser.get(page.path).status == .notFound, "\(page.path)")
            }
            let diagnosis = try await browser.get("/diagnoses?id=ABC")
            #expect(diagnosis.text.contains("Nothing is known by this ID"))
        }
    }

    @Test("who is not signed in is asked to, and comes back to the page")
    func signedOut() async throws {
        try await withConsole { browser async throws in
            for page in Self.pages {
                let response = try await browser.get(page.path)
                #expect(response.status == .seeOther, "\(page.path)")
                #expect(response.headers[.location]?.hasPrefix("/sign-in?next=%2F") == true, "\(page.path)")
            }
        }
    }

    /// A sign-in as the console seals one, of a key and a time.
    private func cookie(_ key: String, since time: TimeInterval) throws -> String {
        let cookies = SessionCookies(
            sealing: try SealingKeys(testSealingKeys),
            isSecure: false,
            idle: .seconds(1_800),
            absolute: .seconds(43_200)
        )
        let actor = AuditActor(kind: "key", id: nil, name: "somebody")
        let current = CurrentAPIKey(actor: actor, role: .owner, tenantID: nil)
        return try cookies.cookie(for: Session(current, key: Secret(key), now: Int(time))).value
    }

    @Test("a sign-in is over when its time is, when its key is good no more, and when it was tampered with")
    func expired() async throws {
        let now = Date().timeIntervalSince1970
        let good = try cookie(StubServices.key(.owner), since: now)
        let old = try cookie(StubServices.key(.owner), since: now - 1_801)
        let revoked = try cookie("key-that-was-revoked", since: now)
        try await withConsole { browser async throws in
            browser.cookies["console-session"] = good
            #expect(try await browser.get("/tenants").status == .ok)
            for value in [old, revoked, good + "A"] {
                browser.cookies["console-session"] = value
                for page in Self.pages {
                    let response = try await browser.get(page.path)
                    #expect(response.status == .seeOther, "\(page.path)")
                    if value == revoked { #expect(browser.cookies["console-session"] == nil, "\(page.path)") }
                    browser.cookies["console-session"] = value
                }
            }
        }
    }

    @Test(
        "ids in paths are ids, so that no other path of a service can be asked for",
        arguments: [
            "/idps/..%2Ftenants", "/idps/x", "/tenants/1", "/runs/%2e%2e",
            "/idps/0197a1b2-0000-7000-8000-00000000001/edit",
        ]
    )
    func paths(_ path: String) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            #expect(try await browser.get(path).status == .notFound)
        }
    }
}
