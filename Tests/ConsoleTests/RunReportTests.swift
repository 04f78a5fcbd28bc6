import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Console

/// How a run's report reads, by what kind of run it was and whether it is over.
@Suite(.timeLimit(.minutes(5)))
struct RunReportTests {
    @Test("an approval is told as one: no stages, no noughts, and nothing of fields that nobody read")
    func approval() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            let page = try await browser.get("/runs/\(Sample.approvalID)").text
            #expect(page.contains("What was approved is done") && page.contains("<td class=\"num\">40</td>"))
            for text in ["Everything that WeCom shows", "People read", "Every field could be taken", "Unchanged"] {
                #expect(!page.contains(text), "\(text)")
            }
            let full = try await browser.get("/runs/\(Sample.runID)").text
            #expect(full.contains("People read") && full.contains("Unchanged"))
        }
    }

    @Test("that something was begun is not said once it is over")
    func over() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            #expect(try await browser.get("/tenants?done=saved").text.contains("alert-success"))
            let page = try await browser.get("/runs/\(Sample.approvalID)?done=approve").text
            #expect(!page.contains("alert-success"))
        }
    }

    @Test("whoever is signed in keeps the ways to elsewhere, and out, on pages of errors")
    func errors() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.viewer))
            let lost = try await browser.get("/nowhere")
            #expect(lost.status == .notFound && lost.text.contains("action=\"/sign-out\""))
            let refused = try await browser.get("/signing-keys")
            #expect(refused.status == .forbidden && refused.text.contains("href=\"/tenants\""))
            let token = refused.formToken
            #expect(try await browser.post("/sign-out", token: token).status == .seeOther)
            #expect(!(try await browser.get("/nowhere").text.contains("action=\"/sign-out\"")))
        }
    }
}
