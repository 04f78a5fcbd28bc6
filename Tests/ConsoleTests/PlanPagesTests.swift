import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Console

/// What a dry run would do, and having it done.
@Suite(.timeLimit(.minutes(5)))
struct PlanPagesTests {
    @Test("a plan is applied from its page, but for a replay's, which says that it is there to be looked at")
    func replay() async throws {
        try await withConsole { browser async throws in
            try await browser.signIn(StubServices.key(.operator))
            let plan = try await browser.get("/runs/\(Sample.runID)/plan").text
            #expect(plan.contains("action=\"/runs/\(Sample.runID)/apply\"") && plan.contains("Can be applied until"))
            let replay = try await browser.get("/runs/\(Sample.replayID)/plan")
            #expect(replay.status == .ok)
            #expect(replay.offers == 0)
            #expect(!replay.text.contains("/apply\"") && !replay.text.contains("Can be applied until"))
            #expect(replay.text.contains("This is what the replay would change."))
        }
    }
}
