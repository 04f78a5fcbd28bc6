import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Console

/// The pages for operators of all tenants.
@Suite(.timeLimit(.minutes(5)))
struct OperationsTests {
    @Test("operators of all tenants are led to their pages, and others are not", arguments: Role.allCases)
    func navigation(_ role: Role) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(role))
            let page = try await browser.get("/tenants").text
            #expect(page.contains("href=\"/operations\"") == (role >= .operator))
        }
    }

    @Test("what needs somebody leads to its run, identity provider and tenant")
    func conditions() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.operator))
            let page = try await browser.get("/operations").text
            for path in ["/runs/\(Sample.runID)", "/idps/\(Sample.idp)", "/tenants/\(Sample.tenant)"] {
                #expect(page.contains("href=\"\(path)\""), "\(path)")
            }
            #expect(page.contains("Removals are held") && page.contains("3 times"))
        }
    }

    @Test("only owners are offered to settle dead letters, for the reason that is shown", arguments: Role.allCases)
    func settling(_ role: Role) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(role))
            let all = try await browser.get("/operations/dead-letters")
            #expect(all.offers == 0)
            let one = try await browser.get("/operations/dead-letters?reason=unknown-type")
            #expect(one.offers == (role == .owner ? 2 : 0))
        }
    }

    @Test("a dead letter's word on whose it is becomes a link only where it is an id")
    func links() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.operator))
            let page = try await browser.get("/operations/dead-letters").text
            #expect(page.contains("href=\"/tenants/\(Sample.tenant)\""))
            #expect(!page.contains("href=\"/idps/"))
        }
    }

    @Test("lag is told in messages and in minutes, and who is far behind is marked")
    func lag() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.operator))
            let page = try await browser.get("/operations/lag").text
            #expect(page.contains("12,000") && page.contains("1 min 15 s") && page.contains("tone-caution"))
        }
    }

    @Test("what the doctor and the list of replays show has words", arguments: Language.allCases)
    func words(_ language: Language) throws {
        let texts = try #require(try Texts.load()[language])
        for outcome in CheckResult.outcomes { #expect(texts.find("operations.outcome_\(outcome)") != nil) }
        for check in ["brokers", "topics", "groups", "database", "role"] {
            #expect(texts.find("operations.check_\(check)") != nil, "\(check)")
        }
        for fate in ["redriven", "discarded"] { #expect(texts.find("operations.fate_\(fate)") != nil) }
        for verb in ["redrive", "discard"] { #expect(texts.find("done.dead_\(verb)") != nil) }
        #expect(texts.find("run.kind_replay") != nil)
        for use in SealingState.uses { #expect(texts.find("sealing.use_\(use)") != nil, "\(use)") }
    }

    @Test("a dry run leads back to what was typed, with the run beside it, and a start to the replays")
    func replaying() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let path = "/operations/replays/new?tenant=\(Sample.tenant)"
            let token = try await browser.get(path).formToken
            var fields = ["tenant": Sample.tenant, "idp": Sample.idp, "user": "ann", "rate": "7", "why": "mended"]
            fields["dry"] = "on"
            let tried = try await browser.post("/operations/replays", fields, token: token)
            let address = try #require(tried.headers[.location])
            #expect(tried.status == .seeOther && address.hasPrefix("/operations/replays/new?"), "\(address)")
            let page = try await browser.get(address).text
            #expect(page.contains("value=\"ann\"") && page.contains("value=\"7\"") && page.contains("value=\"mended\""))
            #expect(page.contains("href=\"/runs/\(Sample.runID)\""))
            fields["dry"] = nil
            let begun = try await browser.post("/operations/replays", fields, token: token)
            #expect(begun.status == .seeOther)
            #expect(begun.headers[.location] == "/operations/replays?done=replayBegun")
        }
    }

    @Test("of sealing keys it is told what rests sealed by which, and those are offered that all copies have")
    func sealing() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let page = try await browser.get("/operations/sealing").text
            #expect(page.contains("1 secret rests sealed by another key") && page.contains("2 running copies"))
            #expect(page.contains("<option value=\"new\"") && page.contains("<option value=\"old\""))
            #expect(!page.contains("<option value=\"gone\""))
        }
    }

    @Test("what is settled is said", arguments: ["redrive", "discard"])
    func settled(_ verb: String) async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.owner))
            let token = try await browser.get("/operations/dead-letters").formToken
            let fields = ["reason": "unknown-type", "why": "mended"]
            let answer = try await browser.post("/operations/dead-letters/\(verb)", fields, token: token)
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/operations/dead-letters?done=dead_\(verb)")
        }
    }
}
