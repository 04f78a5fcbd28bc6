import Foundation
import Messages
import Testing

@testable import Rebuild

@Suite("What a rebuild came to, as JSON")
struct ResultTests {
    private let id = IdentityProviderID.make()

    @Test("members that say nothing are left out")
    func leftOut() throws {
        let result = RebuildResult(of: id, .equal, Words.Comparison(live: "a", rebuilt: "a"))
        #expect(
            try json(result) == """
                {"comparison":{"live":"a","rebuilt":"a"},"identityProvider":"\(id)","outcome":"equal"}
                """
        )
        let refused = RebuildResult<Words.Comparison>(refused: id, because: "they are apart")
        #expect(
            try json(refused) == """
                {"identityProvider":"\(id)","outcome":"refused","reason":"they are apart"}
                """
        )
    }

    @Test("a result reads as it was written", arguments: RebuildOutcome.allCases)
    func read(outcome: RebuildOutcome) throws {
        var result = RebuildResult(of: id, outcome, Words.Comparison(live: "a"), sessionsEnded: 2)
        (result.reason, result.remedy) = ("why", "what to do")
        let bytes = Data(try json(result).utf8)
        #expect(try JSONDecoder().decode(RebuildResult<Words.Comparison>.self, from: bytes) == result)
    }

    private func json(_ result: RebuildResult<Words.Comparison>) throws -> String {
        String(decoding: try MessageJSON.encoder.encode(result), as: UTF8.self)
    }
}
